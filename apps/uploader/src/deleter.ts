import { Controller } from '@nestjs/common';
import {
  type Backup,
  deletionRefusal,
  strangerRefusal,
  unloggedDeletionRefusal,
} from '@nocodb-backup/backup';
import {
  BackupDeleted,
  BackupExpired,
  type Destination,
  DeletionFailed,
  DeletionRefused,
  DeletionRequested,
  type EventType,
  PermanentError,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { readBackup, readLyingBackups } from '@nocodb-backup/service';
import type { Disposal } from '@nocodb-backup/vault';
import { deletedFact } from './deleted-fact.js';
import { Places } from './places.js';
import { restoreUnderWay } from './restore-under-way.js';

interface Wish {
  readonly backupId: string;
  readonly n: string;
  readonly destination: Destination;
  readonly force: boolean;
}

const lane = 'deletion';
const endings = [BackupDeleted, DeletionRefused, DeletionFailed];

/** The answer to an expiry carries its destination for `n`. */
const endingsOfExpiry = endings.map((ending: Pick<EventType, 'type' | 'subjectFor'>) => ({
  type: ending.type,
  subjectFor: (data: object) => ending.subjectFor(asWish(data as BackupExpired['data'])),
}));

const asWish = ({ backupId, destination }: BackupExpired['data']): Wish => ({
  backupId,
  n: destination,
  destination,
  force: false,
});

/** Deletes what has expired and what people want deleted, unless that would do harm. */
@Controller()
export class Deleter {
  constructor(
    private readonly log: EventLog,
    private readonly places: Places,
  ) {}

  @On(DeletionRequested, {
    lane,
    unless: endings,
    failed: ({ data: { backupId, n, destination } }, failure) =>
      DeletionFailed({ backupId, n, destination, failure }),
  })
  requested({ data }: DeletionRequested, delivery: Delivery) {
    return this.answer(data, delivery);
  }

  @On(BackupExpired, {
    lane,
    unless: endingsOfExpiry,
    failed: ({ data: { backupId, destination } }, failure) =>
      DeletionFailed({ backupId, n: destination, destination, failure }),
  })
  expired({ data }: BackupExpired, delivery: Delivery) {
    return this.answer(asWish(data), delivery);
  }

  /** Judged now and not when it was asked: a pin may have come, or the newer backup may be gone. */
  private async answer(wish: Wish, { sequence, signal }: Delivery) {
    const { backupId, n, destination } = wish;
    const options = { upTo: sequence, signal };
    const backup = await readBackup(this.log, backupId, options);
    const others = await readLyingBackups(this.log, options);
    const reason = refusal(backup, others, wish) ?? (await this.beingRead(wish, options));
    if (reason !== undefined) return DeletionRefused({ backupId, n, destination, reason });
    const place = this.placeOf(destination);
    const lying = await place.lyingManifest(backupId);
    const stranger = strangerRefusal(backup, lying, wish);
    if (stranger !== undefined) return this.spared(wish, backup, stranger);
    const removed = await place.remove(backupId, lying?.sha256, signal);
    return deletedFact({ backupId, n, destination }, removed, backup);
  }

  /** What lies there is another backup: of the one that is meant only what attempts left is removed. */
  private async spared(
    { backupId, n, destination }: Wish,
    backup: Backup | undefined,
    reason: string,
  ): Promise<DeletionRefused> {
    if (backup && destination === 'local') await this.places.local.sweep(backupId);
    return DeletionRefused({ backupId, n, destination, reason });
  }

  /** What is being restored must not vanish under it. */
  private async beingRead(
    { backupId, force }: Wish,
    options: { readonly upTo: number; readonly signal: AbortSignal },
  ): Promise<string | undefined> {
    const restoreId = force ? undefined : await restoreUnderWay(this.log, backupId, options);
    if (restoreId === undefined) return undefined;
    return `backup ${backupId} is being restored (nocodb-backup show ${restoreId}): wait until that has ended, or say --force`;
  }

  private placeOf(destination: Destination): Disposal {
    if (destination === 'local') return this.places.local;
    if (this.places.bucket) return this.places.bucket;
    throw new PermanentError(
      'this uploader knows no bucket: set NOCODB_BACKUP_S3_BUCKET (and let no uploader run without it), or empty the bucket by hand',
    );
  }
}

const refusal = (backup: Backup | undefined, others: readonly Backup[], wish: Wish): string | undefined =>
  backup ? deletionRefusal(backup, others, wish) : unloggedDeletionRefusal(wish.backupId, others, wish);
