import { type Backup, placesOfBackup } from '@nocodb-backup/backup';
import { BackupDeleted } from '@nocodb-backup/events';
import type { Removed } from '@nocodb-backup/vault';

type Where = Pick<BackupDeleted['data'], 'backupId' | 'n' | 'destination'>;

/** The fact that a backup is gone, with a warning where it was not found although it should have been there. */
export const deletedFact = (
  where: Where,
  { files, bytes, warnings }: Removed,
  backup: Backup | undefined,
): BackupDeleted => {
  const wasExpected = backup !== undefined && placesOfBackup(backup).includes(where.destination);
  const isLost = files === 0 && wasExpected;
  return BackupDeleted({ ...where, files, bytes, warnings: [...warnings, ...(isLost ? [lost(where)] : [])] });
};

const lost = ({ backupId, destination }: Where): string =>
  `nothing of backup ${backupId} was found in ${destination}: it had been removed before, or another disk or bucket is mounted there than when it was made`;
