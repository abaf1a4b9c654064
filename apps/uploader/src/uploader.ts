import { Controller } from '@nestjs/common';
import {
  BackupTimedOut,
  DumpCompleted,
  DumpFailed,
  ExportCompleted,
  ExportFailed,
  FilesArchived,
  FilesArchiveFailed,
  PartsUploaded,
  PartUploaded,
  PartUploadFailed,
  UploadFailed,
  Uploaded,
} from '@nocodb-backup/events';
import {
  type Answer,
  type Delivery,
  EventLog,
  type Failure,
  On,
  PostponedError,
} from '@nocodb-backup/messaging';
import { readBackup, version } from '@nocodb-backup/service';
import { type Backup, isInBucket } from '@nocodb-backup/backup';
import { Leftovers } from './leftovers.js';
import { nextStep } from './next-step.js';
import { Places } from './places.js';
import { seal } from './seal.js';

interface OfBackup {
  readonly data: { readonly backupId: string };
}

const sealing = {
  unless: [Uploaded, UploadFailed],
  failed: ({ data }: OfBackup, failure: Failure) => UploadFailed({ backupId: data.backupId, failure }),
};

/** Seals a backup as soon as its last part has ended, however it ended, and nothing is on its way to the bucket any more. */
@Controller()
export class Uploader {
  constructor(
    private readonly log: EventLog,
    private readonly places: Places,
    private readonly leftovers: Leftovers,
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

  @On(PartUploaded, sealing)
  partUploaded(event: PartUploaded, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  @On(PartUploadFailed, sealing)
  partUploadFailed(event: PartUploadFailed, delivery: Delivery) {
    return this.sealIfSettled(event, delivery);
  }

  private async sealIfSettled({ data }: OfBackup, { sequence, signal }: Delivery): Promise<Answer> {
    const { backupId } = data;
    const { bucket } = this.places;
    const backup = await readBackup(this.log, backupId, { upTo: sequence, signal });
    if (!backup) return undefined;
    const next = nextStep(backup, { hasBucket: bucket !== undefined, sequence, now: new Date() });
    switch (next.step) {
      case 'none':
        return undefined;
      case 'wait':
        throw new PostponedError(next.until);
      case 'give up':
        return next.keys.map((key) => this.givenUp(backupId, key));
      case 'seal in the bucket':
        return PartsUploaded({ backupId, destination: 's3' });
      case 'seal':
        return this.seal(backup, signal);
    }
  }

  private givenUp(backupId: string, key: string): PartUploadFailed {
    const reason =
      `not brought to ${this.places.bucket?.name ?? 's3'} before the deadline: raise NOCODB_BACKUP_DEADLINE_HOURS if the ` +
      'connection is slow, and let no other uploader run without the bucket';
    return PartUploadFailed({ backupId, key, destination: 's3', failure: { reason, attempts: 1 } });
  }

  private async seal(backup: Backup, signal: AbortSignal): Promise<Uploaded> {
    const { places } = this;
    try {
      return await seal(backup, places, { toolVersion: version, signal });
    } finally {
      if (places.bucket && !isInBucket(backup)) await this.leftovers.sweepUnsealed(backup.id, places.bucket);
    }
  }
}
