import type { Event } from '@nocodb-backup/events';
import { connect, EventLog, type LogEntry, provision } from '@nocodb-backup/messaging';

/** A fact, and when it happened. */
export type Past = readonly [time: Date, event: Event];

/** Writes to an empty event log what happened before, with its times. */
export const writePast = async (natsUrl: string, facts: readonly Past[]): Promise<void> => {
  const connection = await connect({ servers: natsUrl, name: 'past' });
  try {
    await provision(connection, []);
    await new EventLog(connection, 'past').import(entriesOf(facts), { signal: AbortSignal.timeout(30_000) });
  } finally {
    await connection.close();
  }
};

async function* entriesOf(facts: readonly Past[]): AsyncGenerator<LogEntry> {
  for (const [index, [time, { type, version, subject, data }]] of facts.entries())
    yield await Promise.resolve({
      subject,
      time,
      traceparent: undefined,
      payload: JSON.stringify({
        specversion: '1.0',
        id: `past-${index + 1}`,
        source: 'past',
        type,
        subject: subject.split('.')[2],
        time: time.toISOString(),
        datacontenttype: 'application/json',
        dataschema: `urn:nocodb-backup:event:${type}:${version}`,
        correlationid: subject.split('.')[2],
        data,
      }),
    });
}
