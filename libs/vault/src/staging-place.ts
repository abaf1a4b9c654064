import type { Staging } from './vault.js';

/** Where the attempts of a service write: the backup directory, or the bucket. */
export abstract class StagingPlace {
  abstract stage(backupId: string, attemptId: string): Staging;
}
