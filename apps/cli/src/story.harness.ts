import type { Event } from '@nocodb-backup/events';
import type { LogEntry } from '@nocodb-backup/messaging';

/** A fact, and when it happened. */
export type Told = readonly [time: string, event: Event];

/** The facts as a log holds them, with times of their own: what is imported into an empty log. */
export async function* storyOf(facts: readonly Told[]): AsyncGenerator<LogEntry> {
  for (const [index, [time, { type, version, subject, data }]] of facts.entries())
    yield await Promise.resolve({
      subject,
      time: new Date(time),
      traceparent: undefined,
      payload: JSON.stringify({
        specversion: '1.0',
        id: `event-${index + 1}`,
        source: 'story',
        type,
        subject: subject.split('.')[2],
        time,
        datacontenttype: 'application/json',
        dataschema: `urn:nocodb-backup:event:${type}:${version}`,
        correlationid: subject.split('.')[2],
        data,
      }),
    });
}
