import { Controller, Logger } from '@nestjs/common';
import {
  BackupRequested,
  BackupTimedOut,
  DumpCompleted,
  DumpFailed,
  FilesArchived,
  FilesArchiveFailed,
  PermanentError,
} from '@nocodb-backup/events';
import { type Delivery, On } from '@nocodb-backup/messaging';
import { StagingPlace } from '@nocodb-backup/vault';
import { dumpWarnings } from './dump-warnings.js';
import { Source } from './source.js';
import { storeDump } from './store-dump.js';
import { storeFiles } from './store-files.js';
import type { Workplace } from './workplace.js';

/** Makes the parts `dump` and `files`, side by side. */
@Controller()
export class Dumper {
  private readonly logger = new Logger('dumper');

  constructor(
    private readonly source: Source,
    private readonly vault: StagingPlace,
  ) {}

  @On(BackupRequested, {
    lane: 'dump',
    unless: [DumpCompleted, DumpFailed, BackupTimedOut],
    failed: ({ data: { backupId } }, failure) => DumpFailed({ backupId, failure }),
  })
  async dump({ data }: BackupRequested, delivery: Delivery) {
    if (!data.parts.includes('dump')) return;
    const seconds = stopwatch();
    const place = this.workplace(data, delivery, 'dump');
    const keys = await storedKey(place, 'dump');
    const stored = await storeDump(this.source.database, place);
    this.tellCodec('dump', stored.codec);
    const { server, tables } = stored.contents;
    const { provider, collate, ctype, version } = server.collation;
    return DumpCompleted({
      backupId: data.backupId,
      attempt: delivery.attemptId,
      artifacts: [...stored.artifacts, ...keys],
      serverVersion: server.version,
      clientVersion: stored.client.version,
      sqlBytes: stored.sqlBytes,
      codec: stored.codec,
      tables: tables.length,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      collation: { provider, collate, ctype, version },
      seconds: seconds(),
      warnings: dumpWarnings(stored.contents),
      ...(await recipientsOf(place)),
    });
  }

  @On(BackupRequested, {
    lane: 'files',
    unless: [FilesArchived, FilesArchiveFailed, BackupTimedOut],
    failed: ({ data: { backupId } }, failure) => FilesArchiveFailed({ backupId, failure }),
  })
  async files({ data }: BackupRequested, delivery: Delivery) {
    if (!data.parts.includes('files')) return;
    const seconds = stopwatch();
    const place = this.workplace(data, delivery, 'files');
    const keys = await storedKey(place, 'files');
    const stored = await storeFiles(this.source.files, place);
    this.tellCodec('files', stored.codec);
    return FilesArchived({
      backupId: data.backupId,
      attempt: delivery.attemptId,
      artifacts: [stored.artifact, ...keys],
      files: stored.files,
      tarBytes: stored.tarBytes,
      codec: stored.codec,
      seconds: seconds(),
      warnings: [...stored.warnings],
      ...(await recipientsOf(place)),
    });
  }

  private tellCodec(part: string, codec: string): void {
    const advice =
      codec === 'node' ? ' itself: with the program igzip (package isal) on PATH it is faster' : '';
    this.logger.log(`packed the part ${part} with ${codec}${advice}`);
  }

  private workplace(
    { backupId, deadline }: BackupRequested['data'],
    delivery: Delivery,
    part: 'dump' | 'files',
  ): Workplace {
    const staging = this.vault.stage(backupId, delivery.attemptId);
    delivery.onDiscarded(() => staging.discard());
    const left = Date.parse(deadline) - Date.now();
    if (left <= 0)
      throw new PermanentError(`the deadline ${deadline} had passed before the part ${part} could start`);
    return {
      staging,
      signal: AbortSignal.any([delivery.signal, AbortSignal.timeout(Math.min(left, LONGEST_TIMER))]),
      progress: (figures) => {
        delivery.progress({ part, ...figures });
      },
    };
  }
}

/** Milliseconds; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const recipientsOf = async ({ staging: { secrecy } }: Workplace) =>
  secrecy ? { recipients: await secrecy.recipients() } : {};

/** Before anything else is stored: what nobody could open is not worth the work. */
const storedKey = async ({ staging: { secrecy }, signal }: Workplace, part: 'dump' | 'files') =>
  (await secrecy?.storeKey(part, signal)) ?? [];

const stopwatch = (): (() => number) => {
  const start = performance.now();
  return () => Math.round(performance.now() - start) / 1000;
};
