import { type Backup, type BackupFact, evolve } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';

/**
 * Folds one backup from the log, at least up to `upTo`, the place of the event that is being answered: so the handler of
 * the last of several events always sees all of them. Throws, to be tried again, when the log does not reach so far yet.
 */
export const readBackup = async (
  log: EventLog,
  backupId: string,
  options: { upTo?: number; signal?: AbortSignal } = {},
): Promise<Backup | undefined> => {
  let backup: Backup | undefined;
  for await (const recorded of log.read(`evt.backup.${backupId}.>`, options))
    backup = evolve(backup, recorded as BackupFact);
  return backup;
};
