import { type BackupContent, backupRequest, type Moment, type Occasion } from '@nocodb-backup/backup';
import type { BackupRequested } from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import { appendInFreeSecond } from '../append-in-free-second.js';

/** Records the request; where that second's backup is somebody else's, that of the next second. */
export const requestBackup = (
  log: EventLog,
  content: BackupContent,
  occasion: Occasion,
  signal: AbortSignal,
): Promise<BackupRequested & Moment> => {
  const at = (instant: Date) => backupRequest(content, { ...occasion, instant });
  return appendInFreeSecond(log, { noun: 'backup', instant: occasion.instant, at }, signal);
};
