import { createInbox, type Msg } from '@nats-io/transport-node';
import type { Connection } from './connection.js';
import { nextStored } from './leader.js';
import type { Stored } from './recorded.js';
import { recordedAt } from './recorded-at.js';
import { type StoredEvent, storedEventFrom } from './stored-event.js';
import { eventStream } from './topology.js';
import { traceparentOf } from './trace-context.js';

export interface ReadOptions {
  /** The first sequence to read. Default 1. */
  readonly from?: number;
  /** A sequence that the log must have reached; reads to its end all the same. */
  readonly upTo?: number;
  readonly signal?: AbortSignal;
}

/**
 * The server finds what lies next on any subject a dozen times faster than what matches `evt.>`: where (nearly) all of the log is wanted, it
 * is asked for all of it.
 */
const wide = ['evt.>', 'evt.backup.>'];
const everything = '>';

/** At most this much of the log is in memory at once. */
const batch = { batch: 500, max_bytes: 4 * 1024 * 1024 };
const batchTimeoutMs = 2000;

/** Yields what is stored, to the end of the log as of the call; see `EventLog.stored`. */
export const readLog = async function* (
  connection: Connection,
  filter: string,
  options: ReadOptions,
): AsyncGenerator<StoredEvent, void> {
  const { signal } = options;
  for await (const batch of batchesOf(connection, filter, options))
    for (const stored of batch) {
      signal?.throwIfAborted();
      yield storedEventFrom(stored);
    }
};

/** The same as it is stored, before anybody has understood it. */
export const entriesOf = async function* (
  connection: Connection,
  filter: string,
  options: ReadOptions,
): AsyncGenerator<Stored, void> {
  const { signal } = options;
  for await (const batch of batchesOf(connection, filter, options))
    for (const stored of batch) {
      signal?.throwIfAborted();
      yield stored;
    }
};

const batchesOf = async function* (
  connection: Connection,
  filter: string,
  { from = 1, upTo = 0, signal }: ReadOptions,
): AsyncGenerator<Stored[], void> {
  const { state } = await connection.ask(() => connection.jsm.streams.info(eventStream));
  const end = state.last_seq;
  if (end < upTo)
    throw new Error(
      `the log ends at ${end} and must reach ${upTo}: it is behind, or was rolled back. Try again.`,
    );
  yield* storedBetween(connection, filter, { from, end, signal });
};

interface Range {
  readonly from: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** Yields what is stored on the subjects that match, from one sequence to another: batches, as each event by itself costs more than to read it. */
export const storedBetween = (
  connection: Connection,
  filter: string,
  range: Range,
): AsyncGenerator<Stored[], void> =>
  wide.includes(filter)
    ? within(filter.slice(0, -1), between(connection, everything, range))
    : between(connection, filter, range);

const within = async function* (stem: string, all: AsyncIterable<Stored[]>): AsyncGenerator<Stored[], void> {
  for await (const batch of all) yield batch.filter(({ subject }) => subject.startsWith(stem));
};

/**
 * Batches come from any replica, which may be behind, and may be cut short: only the leader says that nothing is left.
 */
const between = async function* (
  connection: Connection,
  filter: string,
  { from, end, signal }: Range,
): AsyncGenerator<Stored[], void> {
  let next = from;
  while (next <= end) {
    signal?.throwIfAborted();
    const batch = (await batchFrom(connection, filter, next)) ?? [await nextStored(connection, filter, next)];
    const wanted: Stored[] = [];
    for (const stored of batch) {
      if (!stored || stored.sequence < next) continue;
      next = stored.sequence + 1;
      if (stored.sequence <= end) wanted.push(stored);
    }
    if (wanted.length === 0) return;
    yield wanted;
  }
};

/**
 * What one request gives, up to a message without content; undefined if that is nothing. By hand, because nats.js' `getBatch` keeps its subscription for ever, and its
 * `requestMany` ends by a drain, which can hang for a ping interval after a reconnect. A batch ends with an empty message.
 */
const batchFrom = async (
  { nats, inboxPrefix }: Connection,
  filter: string,
  from: number,
): Promise<Stored[] | undefined> => {
  const request = JSON.stringify({ ...batch, seq: from, next_by_subj: filter });
  const inbox = createInbox(inboxPrefix);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const found: Stored[] = [];
  const end = () => {
    answers.unsubscribe();
    resolve(undefined);
  };
  const callback = (error: Error | null, answer: Msg) => {
    if (error) reject(error);
    else if (answer.data.length === 0) end();
    else {
      const stored = storedFrom(answer);
      if (stored) found.push(stored);
      timer.refresh();
    }
  };
  const answers = nats.subscribe(inbox, { callback });
  const timer = setTimeout(end, batchTimeoutMs);
  void answers.closed.then(end);
  try {
    nats.publish(`$JS.API.DIRECT.GET.${eventStream}`, request, { reply: inbox });
    await promise;
    return found.length > 0 ? found : undefined;
  } finally {
    clearTimeout(timer);
    answers.unsubscribe();
  }
};

const decoder = new TextDecoder();

const storedFrom = ({ headers, data }: Msg): Stored | undefined => {
  const sequence = headers?.get('Nats-Sequence');
  if (!headers || !sequence || headers.code > 0) return undefined;
  return {
    subject: headers.get('Nats-Subject'),
    sequence: Number(sequence),
    time: recordedAt(headers, new Date(headers.get('Nats-Time-Stamp'))),
    payload: decoder.decode(data),
    traceparent: traceparentOf(headers),
  };
};
