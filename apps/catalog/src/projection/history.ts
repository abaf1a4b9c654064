import type { EventLog, Recorded } from '@nocodb-backup/messaging';

/** What happened before, for what the projection does not remember. */
export interface History {
  /** What is recorded on the subjects that match, before a place in the log. */
  before(filter: string, sequence: number): AsyncIterable<Recorded>;
}

/** The history that the log tells. */
export const historyOf = (log: EventLog, signal: AbortSignal): History => ({
  async *before(filter, sequence) {
    for await (const recorded of log.read(filter, { signal })) {
      if (recorded.sequence >= sequence) return;
      yield recorded;
    }
  },
});
