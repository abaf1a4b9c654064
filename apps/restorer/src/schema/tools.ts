import type { NocoDb, NocoDbWriter } from '@nocodb-backup/nocodb';
import type { LeftOuts } from '../records/left-outs.js';

/** What a step of the restore works with, and where it notes what people should know. */
export interface Tools {
  readonly api: NocoDb;
  readonly writer: NocoDbWriter;
  readonly signal: AbortSignal;
  /** How long a request whose answer was lost may still be under way, in milliseconds. */
  readonly patienceMs: number;
  readonly leftOut: LeftOuts;
  readonly warnings: Set<string>;
  /** What was made, by its noun. */
  readonly counts: Record<string, number>;
}

/** One more of it was made. */
export const count = ({ counts }: Tools, noun: string): void => {
  counts[noun] = (counts[noun] ?? 0) + 1;
};
