import type { Recorded } from '@nocodb-backup/messaging';

/** One event, or several in a row, that this version of the program cannot read. */
export interface Unread {
  readonly type: null;
  /** The first one's place in the log. */
  readonly sequence: number;
  readonly lastSequence: number;
  /** That of the next event which can be read. */
  readonly time: Date;
}

/**
 * All events of the log, and the places of those that could not be read: sequences have no gaps, so what is left out shows.
 * Only for a reading without a filter.
 */
export async function* withUnread(
  events: AsyncIterable<Recorded>,
  from: number,
): AsyncGenerator<Recorded | Unread, void> {
  let next = from;
  for await (const event of events) {
    if (next < event.sequence)
      yield { type: null, sequence: next, lastSequence: event.sequence - 1, time: event.time };
    next = event.sequence + 1;
    yield event;
  }
}
