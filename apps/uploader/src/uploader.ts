import { Controller } from '@nestjs/common';
import {
  BackupTimedOut,
  DumpCompleted,
  DumpFailed,
  ExportCompleted,
  ExportFailed,
  FilesArchived,
  FilesArchiveFailed,
  UploadFailed,
  Uploaded,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, type Failure, On } from '@nocodb-backup/messaging';
import { readBackup, version } from '@nocodb-backup/service';
import { DirectoryVault } from '@nocodb-backup/vault';
import { seal } from './seal.js';

interface OfBackup {
  readonly data: { readonly backupId: string };
}

const sealing = {
  unless: [Uploaded, UploadFailed],
  failed: ({ data }: OfBackup, failure: Failure) => UploadFailed({ backupId: data.backupId, failure }),
};

/** Seals a backup as soon as its last part has ended, however it ended. */
@Controller()
export class Uploader {
  constructor(
    private readonly log: EventLog,
    private readonly vault: DirectoryVault,
  ) {}

  @On(DumpCompleted, sealing)
  dumpCompleted(event: DumpCompleted, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(DumpFailed, sealing)
  dumpFailed(event: DumpFailed, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(FilesArchived, sealing)
  filesArchived(event: FilesArchived, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(FilesArchiveFailed, sealing)
  filesArchiveFailed(event: FilesArchiveFailed, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(ExportCompleted, sealing)
  exportCompleted(event: ExportCompleted, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(ExportFailed, sealing)
  exportFailed(event: ExportFailed, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(BackupTimedOut, sealing)
  timedOut(event: BackupTimedOut, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  private async sealIfSettled(
    { data }: OfBackup,
    { sequence, signal }: Delivery,
  ): Promise<Uploaded | undefined> {
    const backup = await readBackup(this.log, data.backupId, { upTo: sequence, signal });
    if (!backup?.settled || backup.ending) return undefined;
    return seal(backup, this.vault, { toolVersion: version, signal });
  }
}
