import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BackupRequested,
  ExportCompleted,
  ExportFailed,
  TableExported,
  TableExportFailed,
} from '@nocodb-backup/events';
import { connect, type Connection, EventLog, watchProgress } from '@nocodb-backup/messaging';
import { createLog, NestLog, startService } from '@nocodb-backup/service';
import { poll, startNats } from '@nocodb-backup/testing';
import { exporter } from './service.js';

const backupId = '2026-02-05_05-15-00';
const columns = [
  { id: 'c1', title: 'Id', uidt: 'ID', pk: true },
  { id: 'c2', title: 'Name', uidt: 'SingleLineText' },
];
const table = (id: string, title: string) => ({ id, title, columns });
/** What a NocoDB with one base answers. */
const answers: Record<string, unknown> = {
  '/api/v1/version': { currentVersion: '0.301.3' },
  '/api/v2/auth/user/me': { roles: { super: true } },
  '/api/v2/meta/bases': { list: [{ id: 'p1', title: 'CRM' }] },
  '/api/v2/meta/bases/p1': { id: 'p1', title: 'CRM' },
  '/api/v2/meta/bases/p1/tables': {
    list: [
      { id: 'm1', title: 'A' },
      { id: 'm2', title: 'B' },
      { id: 'j', title: 'J', mm: true },
    ],
  },
  '/api/v2/meta/tables/m1': table('m1', 'A'),
  '/api/v2/meta/tables/m1/views': { list: [] },
  '/api/v2/meta/tables/m1/hooks': { list: [] },
  '/api/v2/tables/m1/records/count': { count: 2 },
  '/api/v2/tables/m1/records': {
    list: [
      { Id: 1, Name: 'x' },
      { Id: 2, Name: 'y' },
    ],
    pageInfo: { pageSize: 1000, isLastPage: true },
  },
};

describe('the exporter', () => {
  const closers: (() => unknown)[] = [];
  let folder: string;
  let log: EventLog;
  let connection: Connection;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exporter-'));
    const nocodb = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
      const found = searchParams.get('sort') === '-c1' ? { list: [{ Id: 2 }] } : answers[pathname];
      response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found ?? { msg: 'not found' }));
    });
    await new Promise<void>((resolve) => nocodb.listen(0, '127.0.0.1', resolve));
    const nats = await startNats();
    const url = `http://127.0.0.1:${(nocodb.address() as AddressInfo).port}`;
    env = { NATS_URL: nats.url, NOCODB_API_URL: url, NOCODB_API_TOKEN: 'token', NOCODB_BACKUP_DIR: folder };
    closers.push(
      () => rm(folder, { recursive: true, force: true }),
      () => nats.stop(),
      () => nocodb.close(),
    );
  }, 60_000);
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  }, 60_000);

  const start = async (changed: Record<string, string> = {}) => {
    const service = await startService(exporter, {
      env: { ...env, ...changed },
      logger: new NestLog(createLog('exporter', 'fatal')),
    });
    connection = await connect({ servers: env.NATS_URL ?? '', name: 'spec' });
    closers.push(
      () => service.stop(),
      () => connection.close(),
    );
    log = new EventLog(connection, 'cli');
  };
  const request = async () => {
    const wanted = { records: true, attachments: true, parts: ['export' as const] };
    const about = {
      source: 's',
      trigger: 'manual' as const,
      requestedBy: 'spec',
      deadline: '2099-01-01T00:00:00Z',
    };
    await log.append(BackupRequested({ backupId, ...wanted, ...about }));
  };
  const fact = async (subject: string) =>
    (await poll(() => log.last(subject), AbortSignal.timeout(30_000))).data;

  it('exports each table on its own, names the one that is gone, and sums up once', async () => {
    await start();
    await request();
    expect(await fact(ExportCompleted.subjectFor({ backupId }))).toMatchObject({
      tables: { planned: 2, exported: 1, failed: 1 },
      records: 2,
    });
    expect(await fact(TableExportFailed.subjectFor({ backupId, tableId: 'm2' }))).toMatchObject({
      failure: {
        reason: expect.stringContaining('table "B" (m2) was deleted after the backup was planned'),
        attempts: 1,
      },
    });
    const { artifacts, attempt } = TableExported.schema.parse(
      await fact(TableExported.subjectFor({ backupId, tableId: 'm1' })),
    );
    expect(artifacts.map(({ path }) => path)).toEqual([
      'bases/CRM/tables/A/schema.json',
      'bases/CRM/tables/A/records.json.gz',
    ]);
    expect(await readdir(join(folder, '.staging', backupId, attempt, 'bases/CRM/tables/A'))).toEqual(
      expect.arrayContaining(['schema.json', 'records.json.gz']),
    );
  }, 60_000);

  it('tells of its progress under the id of the table, whatever its title', async () => {
    await start();
    const patience = AbortSignal.timeout(30_000);
    const progress = watchProgress(connection, { stream: 'backup', id: backupId, signal: patience });
    const first = progress.next();
    await connection.nats.flush();
    await request();
    expect((await first).value).toMatchObject({ part: 'm1', figures: { recordsTotal: 2 } });
    await progress.return();
  }, 60_000);

  it('fails the export, not the service, when there is no token, and says what to do', async () => {
    await start({ NOCODB_API_TOKEN: '' });
    await request();
    expect(await fact(ExportFailed.subjectFor({ backupId }))).toMatchObject({
      failure: { reason: expect.stringContaining('set NOCODB_API_TOKEN'), attempts: 1 },
    });
  }, 60_000);
});
