import { Controller } from '@nestjs/common';
import { type Backup, manifestKey, tableTitle, takenPlace, uploadParts } from '@nocodb-backup/backup';
import {
  DumpCompleted,
  type EventType,
  ExportPlanned,
  FilesArchived,
  PartsUploaded,
  PartUploaded,
  PartUploadFailed,
  PermanentError,
  TableExported,
  UploadFailed,
  Uploaded,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, type Failure, On } from '@nocodb-backup/messaging';
import { readBackup, version } from '@nocodb-backup/service';
import type { S3Vault } from '@nocodb-backup/vault';
import { bringPart } from './bring-part.js';
import { Leftovers } from './leftovers.js';
import { manifestBytesOf } from './manifest-bytes.js';
import { Places } from './places.js';

interface OfBackup {
  readonly data: { readonly backupId: string };
}

/** What an upload answers with, by the key of the part that the event is about. */
const bringing = <Input extends OfBackup>(keyOf: (data: Input['data']) => string) => {
  const ofPart = ({ type, subjectFor }: Pick<EventType, 'type' | 'subjectFor'>) => ({
    type,
    subjectFor: (data: object) => subjectFor({ ...data, key: keyOf(data as Input['data']) }),
  });
  return {
    lane: 'upload',
    unless: [ofPart(PartUploaded), ofPart(PartUploadFailed), Uploaded, UploadFailed],
    failed: ({ data }: Input, failure: Failure) =>
      PartUploadFailed({ backupId: data.backupId, key: keyOf(data), destination: 's3', failure }),
  };
};

/** Brings each part to the bucket as soon as it is finished, where a bucket is named. */
@Controller()
export class Uploads {
  constructor(
    private readonly log: EventLog,
    private readonly places: Places,
    private readonly leftovers: Leftovers,
  ) {}

  @On(DumpCompleted, bringing<DumpCompleted>(() => 'dump'))
  dump({ data }: DumpCompleted, delivery: Delivery) {
    return this.bring(data.backupId, 'dump', delivery);
  }

  @On(FilesArchived, bringing<FilesArchived>(() => 'files'))
  files({ data }: FilesArchived, delivery: Delivery) {
    return this.bring(data.backupId, 'files', delivery);
  }

  @On(ExportPlanned, bringing<ExportPlanned>(() => 'plan'))
  plan({ data }: ExportPlanned, delivery: Delivery) {
    return this.bring(data.backupId, 'plan', delivery);
  }

  @On(TableExported, bringing<TableExported>(({ tableId }) => tableId))
  table({ data }: TableExported, delivery: Delivery) {
    return this.bring(data.backupId, data.tableId, delivery);
  }

  @On(PartsUploaded, bringing<PartsUploaded>(() => manifestKey))
  async manifest({ data: { backupId } }: PartsUploaded, { sequence, signal }: Delivery) {
    const { bucket } = this.places;
    const seconds = stopwatch();
    const backup = bucket && (await readBackup(this.log, backupId, { upTo: sequence, signal }));
    if (!backup) return undefined;
    const { bytes } = await bucket.writeManifest(backupId, manifestBytesOf(backup, version));
    await this.leftovers.sweepAfter(backupId, bucket);
    return uploaded(backupId, manifestKey, { files: 1, bytes, seconds: seconds() });
  }

  /** Late facts are no part of the backup, and stay where they are. */
  private async bring(backupId: string, key: string, { sequence, signal, progress }: Delivery) {
    const { places } = this;
    const seconds = stopwatch();
    const bucket: S3Vault | undefined = places.bucket;
    const backup = bucket && (await readBackup(this.log, backupId, { upTo: sequence, signal }));
    if (!backup || backup.ending) return undefined;
    const part = uploadParts(backup).find((one) => one.key === key);
    if (!part) return undefined;
    const taken = takenPlace(backup, await bucket.lyingManifest(backupId), 's3');
    if (taken !== undefined) throw new PermanentError(taken);
    const told = { part: 'upload', of: nameOf(backup, key), bytesTotal: part.bytes };
    const passed = everySecond((bytes) => {
      progress({ ...told, bytes });
    });
    const brought = await bringPart({ places, bucket, backupId, signal, passed }, part);
    return uploaded(backupId, key, { ...brought, seconds: seconds() });
  }
}

const uploaded = (
  backupId: string,
  key: string,
  figures: { readonly files: number; readonly bytes: number; readonly seconds: number },
): PartUploaded => PartUploaded({ backupId, key, destination: 's3', ...figures });

const names: Readonly<Record<string, string>> = { dump: 'dump', files: 'files', plan: 'plan' };

const nameOf = ({ plan }: Backup, key: string): string => names[key] ?? `table ${tableTitle(plan, key)}`;

/** Sums up what it hears, and tells the sum now and then. */
const everySecond = (tell: (sum: number) => void): ((more: number) => void) => {
  let sum = 0;
  let toldAt = 0;
  return (more) => {
    sum += more;
    if (performance.now() - toldAt < 1000) return;
    toldAt = performance.now();
    tell(sum);
  };
};

const stopwatch = (): (() => number) => {
  const start = performance.now();
  return () => Math.round(performance.now() - start) / 1000;
};
