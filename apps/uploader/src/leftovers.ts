import { Injectable, Logger } from '@nestjs/common';
import { instantOf } from '@nocodb-backup/backup';
import { EventLog } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import type { S3Vault } from '@nocodb-backup/vault';

const DAY_MS = 24 * 3_600_000;

/** Clears the bucket of what dead attempts left there. It is tidying: what fails is told, and tried at the next backup. */
@Injectable()
export class Leftovers {
  private readonly logger = new Logger('uploader');

  constructor(private readonly log: EventLog) {}

  /** What attempts left of this backup, which is sealed, and of those that ended a day ago or earlier. */
  async sweepAfter(backupId: string, bucket: S3Vault): Promise<void> {
    await this.trying(`sweeping after backup ${backupId}`, () => bucket.sweep(backupId));
    await this.trying('looking for what attempts have left', async () => {
      for (const id of await bucket.leftovers())
        if (id !== backupId && isOld(id))
          await this.trying(`sweeping after ${id}`, () => this.sweep(id, bucket));
    });
  }

  /** What attempts left of this backup, which is not sealed in the bucket. */
  async sweepUnsealed(backupId: string, bucket: S3Vault): Promise<void> {
    await this.trying(`sweeping after backup ${backupId}`, () => bucket.sweepUnsealed(backupId));
  }

  /** One that the log does not know is somebody else's, and one that has not ended is being made. */
  private async sweep(id: string, bucket: S3Vault): Promise<void> {
    const ending = (await readBackup(this.log, id))?.ending;
    if (!ending) return;
    const isThere = ending.state === 'sealed' && ending.data.destinations.includes('s3');
    await (isThere ? bucket.sweep(id) : bucket.sweepUnsealed(id));
  }

  private async trying(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`${what}: ${(error as Error).message}`);
    }
  }
}

const isOld = (id: string): boolean => (instantOf(id)?.getTime() ?? Infinity) < Date.now() - DAY_MS;
