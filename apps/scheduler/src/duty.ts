import type { EventLog } from '@nocodb-backup/messaging';
import type { Schedule } from './schedule.js';

/** Something that is due at planned instants. */
export interface Duty {
  /** As people call it: `backup`. */
  readonly what: string;
  readonly schedule: Schedule;
  /** Requests what is due at the instant, which other schedulers may do, too. Answers what became of it, a sentence. */
  readonly request: (log: EventLog, instant: Date, signal: AbortSignal) => Promise<string>;
}

/** All that is due by itself. */
export class Plan {
  constructor(
    readonly duties: readonly Duty[],
    /** Why no backup is among it, for people. */
    readonly idle?: string,
  ) {}
}
