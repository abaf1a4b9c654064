import type { Connection } from './connection.js';
import { pause } from './pause.js';
import { storedBetween } from './read.js';
import { type StoredEvent, storedEventFrom } from './stored-event.js';

export interface FollowOptions {
  /** The first sequence to read. Default 1. */
  readonly from?: number;
  readonly signal: AbortSignal;
}

const pollMs = 1000;

/**
 * Reads on from where it stands, at the latest a second after something was appended. Every event is fetched by its
 * sequence, so that a reconnect, a restart or a lost hint can neither lose nor repeat one.
 */
export const follow = async function* (
  connection: Connection,
  filter: string,
  { from = 1, signal }: FollowOptions,
): AsyncGenerator<StoredEvent, void> {
  const hints = hintsOf(connection, filter, signal);
  try {
    for (let next = from; !signal.aborted;) {
      const position = { next, signal };
      yield* storedFrom(connection, filter, position);
      ({ next } = position);
      await hints.wait();
    }
  } finally {
    hints.stop();
  }
};

/** Yields what is there and moves the position; less of it when the server goes away meanwhile. */
const storedFrom = async function* (
  connection: Connection,
  filter: string,
  position: { next: number; readonly signal: AbortSignal },
): AsyncGenerator<StoredEvent, void> {
  const { next: from, signal } = position;
  try {
    for await (const batch of storedBetween(connection, filter, { from, end: Infinity, signal }))
      for (const stored of batch) {
        signal.throwIfAborted();
        position.next = stored.sequence + 1;
        yield storedEventFrom(stored);
      }
  } catch (error) {
    if (connection.nats.isClosed() && !signal.aborted) throw error;
  }
};

/** Whatever is published to the log passes by here too: a reason to look at once. May be forbidden; then there is the clock. */
const hintsOf = ({ nats }: Connection, filter: string, signal: AbortSignal) => {
  let hint = new AbortController();
  const stop = () => {
    hint.abort();
  };
  signal.addEventListener('abort', stop);
  const subscription = nats.subscribe(filter, {
    callback: (error) => {
      if (!error) hint.abort();
    },
  });
  return {
    wait: async () => {
      const hinted = hint.signal.aborted;
      hint = new AbortController();
      if (!signal.aborted) await pause(hinted ? 20 : pollMs, hint.signal);
    },
    stop: () => {
      signal.removeEventListener('abort', stop);
      subscription.unsubscribe();
    },
  };
};
