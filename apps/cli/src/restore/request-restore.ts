import { backupIdOf, type Moment } from '@nocodb-backup/backup';
import { RestoreRequested } from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import { BackupSettings, parseConfig } from '@nocodb-backup/service';
import { appendInFreeSecond } from '../append-in-free-second.js';
import type { CliContext } from '../context.js';
import type { Wish } from './wish.js';

/** How long a request waits for a restorer that begins. */
const patienceMs = 3_600_000;

/** Records the request for a restore, or for its plan alone, under the id of this second or of the next free one. */
export const requestRestore = (
  log: EventLog,
  wish: Wish,
  planOnly: boolean,
  context: CliContext,
): Promise<RestoreRequested & Moment> => {
  const source = sourceOf(context);
  const at = (instant: Date) =>
    RestoreRequested({
      restoreId: backupIdOf(instant),
      ...wish,
      source,
      planOnly,
      notAfter: new Date(instant.getTime() + patienceMs).toISOString(),
      requestedBy: context.person,
    });
  return appendInFreeSecond(log, { noun: 'restore', instant: context.now(), at }, context.signal);
};

const sourceOf = (context: CliContext): string =>
  parseConfig(BackupSettings.pick({ NOCODB_BACKUP_SOURCE: true }), context.environment())
    .NOCODB_BACKUP_SOURCE;
