import { countText, type Moment } from '@nocodb-backup/backup';
import type { BackupExpired, DeletionFailed } from '@nocodb-backup/events';
import type { Known } from './known.js';
import { instantText, type Message } from './message.js';

/** Tells that retention gives a backup up. */
export const expiredMessage = ({ data, time }: BackupExpired & Moment): Message => ({
  level: 'info',
  title: `Backup expired in ${data.destination}`,
  lines: [
    `Backup ${data.backupId} is kept no longer in ${data.destination} and will be deleted there.`,
    ...data.reasons,
  ],
  facts: [
    ['Backup', data.backupId],
    ['Expired', instantText(time)],
  ],
  next: [],
});

/** Tells once of each copy that it could not be deleted; that it still lies there is an alert later. */
export const deletionFailedMessage = (
  { data, time }: DeletionFailed & Moment,
  { isRepeated }: Known,
): Message | undefined =>
  isRepeated
    ? undefined
    : {
        level: 'warning',
        title: `A backup could not be deleted in ${data.destination}`,
        lines: [
          `Backup ${data.backupId} should go, and ${data.destination} did not let it go: it goes on taking up space.`,
          data.failure.reason,
        ],
        facts: [
          ['Backup', data.backupId],
          ['Failed', `${instantText(time)}, after ${countText(data.failure.attempts, 'attempt')}`],
        ],
        next: [
          'Retention asks again every day. See what it wants to delete:',
          'nocodb-backup retention --dry-run',
        ],
      };
