import type { RetentionPolicy } from '@nocodb-backup/backup';

/** What is watched, and from when on it is told. */
export interface WatchRules {
  readonly isWanted: boolean;
  readonly source: string;
  readonly directory: string;
  readonly maxAgeHours: number;
  readonly shrinkPercent: number;
  readonly diskFreePercent: number;
  readonly retentionDays: number;
  readonly policy: RetentionPolicy;
}

/** The rules, for Nest. */
export class Watch {
  constructor(readonly rules: WatchRules) {}
}
