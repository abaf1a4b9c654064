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
  for await (const stored of entriesOf(connection, filter, options)) yield storedEventFrom(stored);
};

/** The same as it is stored, before anybody has understood it. */
export const entriesOf = async function* (
  connection: Connection,
  filter: string,
  { from = 1, upTo = 0, signal }: ReadOptions,
): AsyncGenerator<Stored, void> {
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

/** Yields what is stored on the subjects that match, from one sequence to another. */
export const storedBetween = (
  connection: Connection,
  filter: string,
  range: Range,
): AsyncGenerator<Stored, void> =>
  wide.includes(filter)
    ? within(filter.slice(0, -1), between(connection, everything, range))
    : between(connection, filter, range);

const within = async function* (stem: string, all: AsyncIterable<Stored>): AsyncGenerator<Stored, void> {
  for await (const stored of all) if (stored.subject.startsWith(stem)) yield stored;
};

/**
 * Batches come from any replica, which may be behind, and may be cut short: only the leader says that nothing is left.
 */
const between = async function* (
  connection: Connection,
  filter: string,
  { from, end, signal }: Range,
): AsyncGenerator<Stored, void> {
  let next = from;
  while (next <= end) {
    const before = next;
    for await (const stored of batchFrom(connection, filter, next)) {
      signal?.throwIfAborted();
      if (stored.sequence > end) return;
      if (stored.sequence < next) continue;
      next = stored.sequence + 1;
      yield stored;
    }
    if (next > before) continue;
    signal?.throwIfAborted();
    const stored = await nextStored(connection, filter, next);
    if (!stored || stored.sequence > end) return;
    next = stored.sequence + 1;
    yield stored;
  }
};

/**
 * By hand, because nats.js' `getBatch` keeps its subscription for ever, and its `requestMany` ends by a drain, which can
 * hang for a ping interval after a reconnect. A batch ends with an empty message.
 */
const batchFrom = async function* (
  { nats, inboxPrefix }: Connection,
  filter: string,
  from: number,
): AsyncGenerator<Stored, void> {
  const request = JSON.stringify({ ...batch, seq: from, next_by_subj: filter });
  const inbox = createInbox(inboxPrefix);
  const answers = nats.subscribe(inbox);
  const timer = setTimeout(() => {
    answers.unsubscribe();
  }, batchTimeoutMs);
  try {
    nats.publish(`$JS.API.DIRECT.GET.${eventStream}`, request, { reply: inbox });
    for await (const answer of answers) {
      if (answer.data.length === 0) return;
      const stored = storedFrom(answer);
      if (stored) yield stored;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
    answers.unsubscribe();
  }
};

const storedFrom = ({ headers, data }: Msg): Stored | undefined => {
  if (!headers?.has('Nats-Sequence') || headers.code > 0) return undefined;
  return {
    subject: headers.get('Nats-Subject'),
    sequence: Number(headers.get('Nats-Sequence')),
    time: recordedAt(headers, new Date(headers.get('Nats-Time-Stamp'))),
    payload: new TextDecoder().decode(data),
    traceparent: traceparentOf(headers),
  };
};
