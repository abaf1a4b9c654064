import { Controller } from '@nestjs/common';
import { Downloaded, DownloadFailed, DownloadRequested, PermanentError } from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import { copyBackup, type DirectoryVault, type S3Vault } from '@nocodb-backup/vault';

/** Between which places backups are fetched. */
export class Transfer {
  constructor(
    readonly bucket: S3Vault | undefined,
    readonly local: DirectoryVault,
  ) {}
}

/** Fetches backups from the bucket into the local directory, file by file: a killed download goes on where it was. */
@Controller()
export class Downloader {
  constructor(
    private readonly log: EventLog,
    private readonly transfer: Transfer,
  ) {}

  @On(DownloadRequested, {
    lane: 'download',
    unless: [Downloaded, DownloadFailed],
    failed: ({ data: { backupId, n } }, failure) => DownloadFailed({ backupId, n, failure }),
  })
  async download({ data: { backupId, n } }: DownloadRequested, delivery: Delivery): Promise<Downloaded> {
    const { attemptId, sequence, signal, progress } = delivery;
    const { bucket: from, local: to } = this.transfer;
    if (!from) throw new PermanentError('no bucket is set here to fetch from: set NOCODB_BACKUP_S3_BUCKET');
    const backup = await readBackup(this.log, backupId, { upTo: sequence, signal });
    if (backup && !backup.ending)
      throw new PermanentError(`backup ${backupId} is still being made: ask again when it has ended`);
    const began = performance.now();
    const copied = await copyBackup({ backupId, from, to, attemptId, signal, progress });
    return Downloaded({ backupId, n, ...copied, seconds: (performance.now() - began) / 1000 });
  }
}
