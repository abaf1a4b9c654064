import type { BackupContent } from '@nocodb-backup/backup';
import type { Schedule } from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import type { Overlap } from './decision.js';

/** Something that is due at planned instants. */
export interface Duty {
  /** As people call it: `drill`. */
  readonly what: string;
  readonly schedule: Schedule;
  /** Requests what is due at the instant, which other schedulers may do, too. Answers what became of it, a sentence. */
  readonly request: (log: EventLog, instant: Date, signal: AbortSignal) => Promise<string>;
}

/** Which backups come by themselves. */
export interface BackupPlan {
  /** Null for none. */
  readonly schedule: Schedule | null;
  /** Why there is none, for people. */
  readonly idle?: string;
  readonly content: BackupContent;
  readonly overlap: Overlap;
}

/** All that comes by itself. */
export class Plan {
  constructor(
    readonly backups: BackupPlan,
    readonly duties: readonly Duty[],
  ) {}
}
