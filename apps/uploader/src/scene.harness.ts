import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BackupSummary, summaryOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import {
  createLog,
  NestLog,
  parseConfig,
  readBackup,
  type RunningService,
  startService,
} from '@nocodb-backup/service';
import { DirectoryVault, s3VaultOf, type S3Vault, stagingPlaceOf } from '@nocodb-backup/vault';
import { UploaderConfig } from './config.js';
import { uploader } from './service.js';

export const backupId = '2026-02-05_05-15-00';
export const table = { tableId: 't1', baseId: 'b1', title: 'T', folder: 'bases/B/tables/T' };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const MIB = 1024 * 1024;
const patience = () => AbortSignal.timeout(60_000);

type Variables = Readonly<Record<string, string>>;

/** An event log, a directory, a bucket, and an uploader between them; what the other services would do, the tests do. */
export class Scene {
  readonly local: DirectoryVault;
  readonly bucket: S3Vault;
  readonly log: EventLog;
  private readonly closers: (() => unknown)[] = [];

  private constructor(
    readonly root: string,
    readonly env: Variables,
    readonly connection: Connection,
  ) {
    const bucket = s3VaultOf(parseConfig(UploaderConfig, env));
    if (!bucket) throw new Error('no bucket is named');
    this.local = new DirectoryVault(env.NOCODB_BACKUP_DIR ?? '');
    this.bucket = bucket;
    this.log = new EventLog(connection, 'spec');
  }

  /** On these servers; the bucket is there already. `s3` may name another directory, too. */
  static async make(natsUrl: string, s3: Variables): Promise<Scene> {
    const root = await mkdtemp(join(tmpdir(), 'uploader-'));
    const env = { NATS_URL: natsUrl, NOCODB_BACKUP_DIR: join(root, 'vault'), ...s3 };
    const connection = await connect({ servers: natsUrl, name: 'spec' });
    const scene = new Scene(root, env, connection);
    scene.closers.push(
      () => rm(root, { recursive: true, force: true }),
      () => connection.close(),
      () => {
        scene.bucket.close();
      },
    );
    return scene;
  }

  async remove(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  async startUploader(more: Variables = {}): Promise<RunningService> {
    const logger = new NestLog(createLog('uploader', 'fatal'));
    const running = await startService(uploader, { env: { ...this.env, ...more }, logger });
    this.closers.push(() => running.stop());
    return running;
  }

  async request(...parts: e.Part[]): Promise<void> {
    const wanted = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
    const deadline = '2099-01-01T00:00:00Z';
    await this.append(e.BackupRequested({ backupId, parts, requestedBy: 'ada', deadline, ...wanted }));
  }

  append(event: e.BackupEvent) {
    return this.log.append(event);
  }

  /** Stores bytes as a dumper or exporter would that is told the same, and `more`. */
  async store(attempt: string, path: string, content: Uint8Array, more: Variables = {}): Promise<e.Artifact> {
    const place = stagingPlaceOf(parseConfig(UploaderConfig, { ...this.env, ...more }));
    return place.stage(backupId, attempt).store(path, chunks(content));
  }

  async dumped(content: Uint8Array, more: Variables = {}): Promise<e.DumpCompleted> {
    const artifact = await this.store('dump-1', 'database.sql.gz', content, more);
    return this.dumpedAs('dump-1', artifact);
  }

  dumpedAs(attempt: string, artifact: e.Artifact): e.DumpCompleted {
    const versions = { serverVersion: '15.18', clientVersion: '15.18', collation };
    const figures = { sqlBytes: 9, tables: 2, rows: 3, seconds: 1, warnings: [] };
    return e.DumpCompleted({ backupId, attempt, artifacts: [artifact], ...versions, ...figures });
  }

  async archived(content: Uint8Array, more: Variables = {}): Promise<e.FilesArchived> {
    const artifact = await this.store('files-1', 'nocodb-data.tar.gz', content, more);
    const figures = { files: 4, tarBytes: 10_240, seconds: 1, warnings: [] };
    return e.FilesArchived({ backupId, attempt: 'files-1', artifacts: [artifact], ...figures });
  }

  async planned(more: Variables = {}): Promise<e.ExportPlanned> {
    const metadata = await this.store('plan-1', 'bases/B/metadata.json', Buffer.from('{"base":{}}'), more);
    const bases = [{ baseId: 'b1', title: 'B', folder: 'bases/B' }];
    const plan = { bases, tables: [table], nocodbVersion: '0.301.3', warnings: [] };
    return e.ExportPlanned({ backupId, attempt: 'plan-1', artifacts: [metadata], ...plan });
  }

  /** A table with so many attached files, one of them lost. */
  async exported(attached: number, more: Variables = {}): Promise<e.TableExported> {
    const lines = [JSON.stringify({ ...entry, index: 99, missing: 'HTTP 500' })];
    for (let index = 0; index < attached; index++) {
      const path = `${table.folder}/attachments/F/1_${index}.txt`;
      const file = await this.store('table-1', path, Buffer.from(`file ${index}`), more);
      lines.push(JSON.stringify({ ...entry, index, ...file }));
    }
    const list = gzipSync(`[\n${lines.join(',\n')}\n]\n`);
    const index = await this.store('table-1', `${table.folder}/attachments.json.gz`, list, more);
    const lost = { missing: ['x: HTTP 500'], missingCount: 1 };
    const attachments = { index: index.path, files: attached, bytes: attached * 6, ...lost };
    const figures = { records: 1, links: 0, attachments, seconds: 1, warnings: [] };
    return e.TableExported({ backupId, tableId: 't1', attempt: 'table-1', artifacts: [index], ...figures });
  }

  exportCompleted(attached: number): e.ExportCompleted {
    const tables = { planned: 1, exported: 1, failed: 0 };
    const attachments = { files: attached, bytes: attached * 6, missing: 1 };
    return e.ExportCompleted({ backupId, tables, records: 1, links: 0, attachments });
  }

  /** The fact on a subject, once it is there. */
  async fact<Data>(type: { subjectFor(data: object): string }, key?: string, n?: string): Promise<Data> {
    const subject = type.subjectFor({ backupId, key, n });
    for await (const { data } of this.log.follow(subject, { signal: patience() })) return data as Data;
    throw new Error(`${subject} did not come`);
  }

  uploaded(): Promise<e.Uploaded['data']> {
    return this.fact(e.Uploaded);
  }

  async summary(): Promise<BackupSummary> {
    const backup = await readBackup(this.log, backupId);
    if (!backup) throw new Error('there is no such backup');
    return summaryOf(backup, new Date());
  }

  /** Everything that was ever said, as it is stored. */
  async everything(): Promise<string> {
    const stored = await Array.fromAsync(this.log.read('evt.>'));
    return JSON.stringify(stored);
  }

  /** What attempts leave that are killed: something staged, something uploaded, and an upload that was never completed. */
  async leaveBehind(id: string): Promise<void> {
    await this.bucket.stage(id, 'dead').store('database.sql.gz', chunks(new Uint8Array(6 * MIB)));
    const signal = patience();
    await this.sendHalf(id, { path: 'nocodb-data.tar.gz', bytes: 12 * MIB, sha256: '0'.repeat(64) });
    const small = { path: 'bases/B/metadata.json', bytes: 2, sha256: sha256(Buffer.from('{}')) };
    await this.bucket.upload(id, small, { source: chunks(Buffer.from('{}')), signal });
  }

  /** Begins an upload that dies on its way. */
  async sendHalf(id: string, artifact: e.Artifact): Promise<void> {
    const half = (async function* () {
      yield* chunks(new Uint8Array(6 * MIB));
      throw new Error('killed');
    })();
    await this.bucket.upload(id, artifact, { source: half, signal: patience() }).catch(() => undefined);
  }

  async filesBelow(folder: string): Promise<string[]> {
    const root = join(this.root, 'vault', folder);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(root.length + 1))
      .sort();
  }

  async objects(): Promise<string[]> {
    return (await Array.fromAsync(this.bucket.files(backupId))).map(({ path }) => path).sort();
  }
}

interface Server {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The variables that name a bucket of the server. */
export const variablesOf = (server: Server, bucket: string): Variables => ({
  NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
  NOCODB_BACKUP_S3_BUCKET: bucket,
  NOCODB_BACKUP_S3_REGION: server.region,
  NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
  NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
  NOCODB_BACKUP_S3_PREFIX: 'some/prefix',
  NOCODB_BACKUP_S3_PART_MIB: '5',
});

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const entry = { record: 1, column: 'c', title: 'x', mimetype: null };

async function* chunks(content: Uint8Array) {
  for (let start = 0; start < content.length; start += 300_007)
    yield await Promise.resolve(content.subarray(start, start + 300_007));
}
