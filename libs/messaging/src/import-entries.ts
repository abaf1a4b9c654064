import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Connection } from './connection.js';
import { entriesOf } from './read.js';
import { reasonOf } from './reason.js';
import type { Stored } from './recorded.js';
import { recordedAtHeader } from './recorded-at.js';
import { eventStream } from './topology.js';

/** One place of the log, to be written to another log as it is. */
export type LogEntry = Omit<Stored, 'sequence'>;

/** What became of an import: how many facts the log held already, and how many were written. */
export interface Imported {
  readonly held: number;
  readonly written: number;
}

/** Thrown when the log holds, or gets meanwhile, what does not come from the entries: nothing was written after it. */
export class LogTakenError extends Error {
  override readonly name = 'LogTakenError';
}

interface ImportOptions {
  readonly signal: AbortSignal;
  /** Told how many entries the log holds. */
  readonly progress?: (entries: number) => void;
}

/** Requests that wait for their acknowledgement; the server takes them in order. */
const most = 128;
const publishTimeoutMs = 30_000;

/**
 * Writes entries to an empty log, in their order and with their times. A log that holds the first of them, and nothing else, is
 * one whose import was interrupted: it is gone on with. Throws a LogTakenError otherwise.
 */
export const importEntries = async (
  connection: Connection,
  entries: AsyncIterable<LogEntry>,
  { signal, progress = () => undefined }: ImportOptions,
): Promise<Imported> => {
  const { state } = await connection.ask(() => connection.jsm.streams.info(eventStream));
  const existing = entriesOf(connection, 'evt.>', { signal });
  const line = new Pipeline(connection);
  let place = 0;
  try {
    for await (const entry of entries) {
      signal.throwIfAborted();
      place += 1;
      if (place <= state.last_seq) refuseOther(place, entry, (await existing.next()).value ?? undefined);
      else await line.publish(entry, place);
      progress(place);
    }
  } finally {
    await existing.return();
  }
  await line.emptied();
  if (place < state.last_seq)
    throw new LogTakenError(`it holds ${state.last_seq} facts already, and ${place} were to be imported`);
  return { held: Math.min(place, state.last_seq), written: Math.max(0, place - state.last_seq) };
};

const refuseOther = (place: number, entry: LogEntry, standing: Stored | undefined): void => {
  const isSame =
    standing?.sequence === place &&
    standing.subject === entry.subject &&
    standing.payload === entry.payload &&
    standing.traceparent === entry.traceparent &&
    standing.time.getTime() === entry.time.getTime();
  if (!isSame) throw new LogTakenError(`at its place ${place} stands ${standing?.subject ?? 'nothing'}`);
};

/** Many requests under way, each for one place of the log alone: where one fails, none behind it is carried out. */
class Pipeline {
  private readonly waiting: Promise<unknown>[] = [];

  constructor(private readonly connection: Connection) {}

  async publish(entry: LogEntry, place: number): Promise<void> {
    const request = this.connection.ask(() =>
      this.connection.js.publish(entry.subject, entry.payload, {
        headers: headersOf(entry),
        timeout: publishTimeoutMs,
        expect: { lastSequence: place - 1 },
      }),
    );
    const answer = request.catch((error: unknown) => {
      throw failure(error, place);
    });
    answer.catch(() => undefined);
    this.waiting.push(answer);
    if (this.waiting.length >= most) await this.waiting.shift();
  }

  async emptied(): Promise<void> {
    for (const answer of this.waiting.splice(0)) await answer;
  }
}

const headersOf = ({ time, traceparent }: LogEntry): MsgHdrs => {
  const own = headers();
  own.set(recordedAtHeader, time.toISOString());
  if (traceparent !== undefined) own.set('traceparent', traceparent);
  return own;
};

const failure = (error: unknown, place: number): Error => {
  const isTaken =
    error instanceof JetStreamApiError &&
    [JetStreamApiCodes.StreamWrongLastSequence, JetStreamApiCodes.StreamWrongLastSequenceUnknown].some(
      (code) => code === error.code,
    );
  return isTaken
    ? new LogTakenError(`somebody else wrote to its place ${place} meanwhile`, { cause: error })
    : new Error(`the log did not take fact ${place}: ${reasonOf(error)}`, { cause: error });
};

/** The durable consumers that somebody is waiting at: services run, and would begin with what they read half of. */
export const awaitingConsumers = async ({ jsm }: Connection): Promise<string[]> => {
  const names: string[] = [];
  for await (const { name, num_waiting } of jsm.consumers.list(eventStream))
    if (num_waiting > 0) names.push(name);
  return names;
};
