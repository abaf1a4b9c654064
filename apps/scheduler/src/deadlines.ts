import { Controller } from '@nestjs/common';
import { awaitedParts } from '@nocodb-backup/backup';
import { BackupRequested, BackupTimedOut, UploadFailed, Uploaded } from '@nocodb-backup/events';
import { type Delivery, EventLog, On, PostponedError } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';

/** Closes backups whose deadline has passed, so that none is "running" for ever. */
@Controller()
export class Deadlines {
  constructor(private readonly log: EventLog) {}

  @On(BackupRequested, { unless: [Uploaded, UploadFailed, BackupTimedOut] })
  async close(
    { data }: BackupRequested,
    { sequence, signal }: Delivery,
  ): Promise<BackupTimedOut | undefined> {
    const deadline = new Date(data.deadline);
    if (deadline > new Date()) throw new PostponedError(deadline);
    const backup = await readBackup(this.log, data.backupId, { upTo: sequence, signal });
    if (!backup || backup.settled) return undefined;
    return BackupTimedOut({ backupId: data.backupId, awaited: awaitedParts(backup) });
  }
}
