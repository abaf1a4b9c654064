import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import {
  BackupRequested,
  DumpCompleted,
  DumpFailed,
  FilesArchived,
  FilesArchiveFailed,
} from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, type PostgresServer, startNats, startPostgres } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { dumper } from './service.js';

const quiet = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [level, () => undefined]),
);
let nats: NatsServer;
let postgres: PostgresServer;
let connection: Connection;
let log: EventLog;
let sandbox: string;
let database: string;
const running: RunningService[] = [];
beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'dumper-'));
  await mkdir(join(sandbox, 'data/nc'), { recursive: true });
  await writeFile(join(sandbox, 'data/nc/logo.png'), 'png');
  [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  database = await postgres.createDatabase('nocodb', 'noco');
  await postgres.query('SET ROLE noco; CREATE TABLE t AS SELECT generate_series(1, 7)', undefined, 'nocodb');
  connection = await connect({ servers: nats.url, name: 'spec' });
  log = new EventLog(connection, 'cli');
}, 60_000);
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));
afterAll(async () => {
  await connection.close();
  await Promise.all([nats.stop(), postgres.stop()]);
  await rm(sandbox, { recursive: true, force: true });
});

const vaultFolder = () => join(sandbox, 'vault');
const start = async (env: Record<string, string> = {}) => {
  const service = await startService(dumper, {
    env: {
      NATS_URL: nats.url,
      DATABASE_URL: database,
      NOCODB_DATA_PATH: join(sandbox, 'data'),
      NOCODB_BACKUP_DIR: vaultFolder(),
      ...env,
    },
    logger: quiet as unknown as LoggerService,
  });
  running.push(service);
  return service;
};
let day = 0;
const request = async (over: Partial<BackupRequested['data']> = {}) => {
  const backupId = `2026-02-${String(++day).padStart(2, '0')}_05-15-00`;
  const deadline = new Date(Date.now() + 3_600_000).toISOString();
  const event = BackupRequested({
    backupId,
    source: 'default',
    parts: ['dump', 'files', 'export'],
    records: true,
    attachments: true,
    trigger: 'manual',
    requestedBy: 'spec',
    deadline,
    ...over,
  });
  await log.append(event);
  return backupId;
};
const fact = (type: { subjectFor(data: object): string }, backupId: string) =>
  poll(() => log.last(type.subjectFor({ backupId })), AbortSignal.timeout(20_000));
const staged = (backupId: string) =>
  readdir(join(vaultFolder(), '.staging', backupId), { recursive: true }).catch(() => []);

describe('the dumper', () => {
  it('makes the dump and the archive of a requested backup, which publish as they are', async () => {
    await start();
    const backupId = await request();
    const dumped = (await fact(DumpCompleted, backupId)).data as DumpCompleted['data'];
    const archived = (await fact(FilesArchived, backupId)).data as FilesArchived['data'];
    expect(dumped).toMatchObject({ tables: 1, rows: 7, warnings: [] });
    expect(archived).toMatchObject({ files: 1, warnings: [] });
    const vault = new DirectoryVault(vaultFolder());
    for (const { attempt, artifacts } of [dumped, archived])
      for (const artifact of artifacts) {
        await vault.publish(backupId, attempt, artifact);
        expect(await vault.digest(backupId, artifact.path)).toEqual(artifact);
      }
  }, 30_000);

  it('makes only what is wanted', async () => {
    await start();
    const backupId = await request({ parts: ['files'] });
    await fact(FilesArchived, backupId);
    expect(await log.last(DumpCompleted.subjectFor({ backupId }))).toBeUndefined();
  }, 30_000);

  it('records why a part failed, without the password, and leaves nothing of it', async () => {
    await start({
      NOCODB_DATA_PATH: join(sandbox, 'none'),
      DATABASE_URL: database.replace(':noco@', ':hunter2@'),
    });
    const backupId = await request();
    const dump = (await fact(DumpFailed, backupId)).data as DumpFailed['data'];
    const files = (await fact(FilesArchiveFailed, backupId)).data as FilesArchiveFailed['data'];
    expect(dump.failure).toMatchObject({
      attempts: 1,
      reason: expect.stringMatching(/DATABASE_PASSWORD/),
    });
    expect(files.failure).toMatchObject({
      attempts: 1,
      reason: expect.stringMatching(/NOCODB_DATA_PATH/),
    });
    expect(JSON.stringify([dump, files])).not.toContain('hunter2');
    expect(await staged(backupId)).toEqual([]);
  }, 30_000);

  it('does not begin after the deadline', async () => {
    await start();
    const backupId = await request({ deadline: new Date(Date.now() - 1000).toISOString() });
    const { failure } = (await fact(DumpFailed, backupId)).data as DumpFailed['data'];
    expect(failure.reason).toMatch(/deadline .* had passed/);
  }, 30_000);
});
