import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { backupIdOf, retentionPlan, summaryOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import {
  parseConfig,
  readBackup,
  readLyingBackups,
  type RunningService,
  startService,
} from '@nocodb-backup/service';
import {
  madeUpFacts,
  type NatsServer,
  poll,
  type S3Server,
  startNats,
  startS3,
} from '@nocodb-backup/testing';
import { DirectoryVault, S3Settings, s3VaultOf, type S3Vault } from '@nocodb-backup/vault';
import { restorer } from '../service.js';
import { ID, Sandbox } from '../verification/verification.harness.js';

jest.setTimeout(60_000);
const quiet = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [level, () => undefined]),
) as unknown as LoggerService;
const OTHER = '2026-02-06_05-15-00';
const N = '2026-11-22_05-15-00';
const patience = () => AbortSignal.timeout(30_000);
const noPolicy = {
  count: 1,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 7,
  zone: 'UTC',
};

describe('an import into an empty log', () => {
  let server: S3Server;
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let sandbox: Sandbox;
  let service: RunningService | undefined;
  let s3: Record<string, string>;
  let bucket: S3Vault;
  let buckets = 0;

  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    const name = `mine-${++buckets}`;
    await server.createBucket(name);
    s3 = {
      NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
      NOCODB_BACKUP_S3_BUCKET: name,
      NOCODB_BACKUP_S3_REGION: server.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
    };
    const vault = s3VaultOf(parseConfig(S3Settings, s3));
    if (!vault) throw new Error('no bucket is named');
    bucket = vault;
    sandbox = await Sandbox.make();
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    log = new EventLog(connection, 'cli');
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    bucket.close();
    await connection.close();
    await nats.stop();
    await sandbox.remove();
  });

  const start = async (more: Record<string, string> = {}) => {
    const env = {
      NATS_URL: nats.url,
      NOCODB_BACKUP_DIR: sandbox.root,
      NOCODB_API_URL: 'http://127.0.0.1:1',
      ...more,
    };
    service = await startService(restorer, { env, logger: quiet });
  };
  const ended = async (importId = N, wish: { source?: string | null; deleted?: boolean } = {}) => {
    const wanted = { source: 'default', deleted: false, ...wish };
    await log.append(e.ImportRequested({ importId, ...wanted, requestedBy: 'spec' }));
    const completed = () => log.last(e.ImportCompleted.subjectFor({ importId }));
    return (await poll(completed, patience())).data as e.ImportCompleted['data'];
  };
  const toBucket = async (id = ID) => {
    const local = new DirectoryVault(sandbox.root);
    for await (const { path } of local.files(id)) {
      if (path === 'manifest.json') continue;
      const artifact = await local.digest(id, path);
      await bucket.upload(id, artifact, { source: await local.open(id, path), signal: patience() });
    }
    await bucket.writeManifest(id, await local.readManifest(id));
  };
  const summary = async (id = ID) => {
    const backup = await readBackup(log, id);
    return backup && summaryOf(backup, new Date());
  };
  const facts = async (type = 'BackupImported') =>
    (await Array.fromAsync(log.read(`evt.backup.*.${type}.*`))).map(
      ({ data }) => data as e.BackupImported['data'],
    );

  it('knows a backup in each place where it lies, by its manifest, and twice changes nothing', async () => {
    const artifact = await sandbox.seal();
    await toBucket();
    await start(s3);
    expect(await ended()).toMatchObject({
      places: [
        { destination: 'local', backups: 1 },
        { destination: 's3', backups: 1 },
      ],
      imported: { complete: 1, partial: 0 },
      refused: [],
    });
    expect(await summary()).toMatchObject({
      verdict: 'complete',
      destinations: ['local', 's3'],
      requestedAt: '2026-02-05T05:15:00.000Z',
      endedAt: '2026-02-05T05:16:00.000Z',
      tables: { planned: 1, exported: 1, failed: 0 },
    });
    expect(await facts()).toMatchObject([{ manifest: artifact, dump: { tables: 1, rows: 3 } }]);
    expect(await ended('2026-11-22_05-15-01')).toMatchObject({ imported: { complete: 0 }, known: 1 });
    expect(await facts()).toHaveLength(1);
  });

  it('is verified and judged by retention as any other', async () => {
    const newest = '2026-02-07_05-15-00';
    for (const id of [ID, OTHER, newest]) await sandbox.seal({ id });
    await start();
    await ended();
    const request = {
      backupId: ID,
      n: N,
      kind: 'verify',
      sample: 'full',
      requestedBy: 'x',
      trigger: 'manual',
    } as const;
    await log.append(e.VerificationRequested(request));
    const verified = await poll(() => log.last(e.Verified.subjectFor(request)), patience());
    expect(verified.data).toMatchObject({ destinations: ['local'], rows: 3 });
    const plan = retentionPlan(await readLyingBackups(log), noPolicy, new Date());
    expect(plan.map(({ id, stays }) => [id, stays])).toEqual([
      [newest, true],
      [OTHER, false],
      [ID, true],
    ]);
  });

  it('finds a place that a later import is told of', async () => {
    await sandbox.seal();
    await toBucket();
    await start();
    await ended();
    expect((await summary())?.destinations).toEqual(['local']);
    await service?.stop();
    await start(s3);
    await ended('2026-11-22_05-15-01');
    expect((await summary())?.destinations).toEqual(['local', 's3']);
  });

  it('goes on where a killed attempt was, and counts what that one imported', async () => {
    await sandbox.seal();
    await sandbox.seal({ id: OTHER });
    await start();
    await ended();
    const [first] = await facts();
    // As if killed between the first fact and the next: a log that holds the request and the first fact alone.
    await service?.stop();
    await connection.close();
    await nats.stop();
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    log = new EventLog(connection, 'cli');
    await start();
    await service?.stop();
    if (first) await log.append(e.BackupImported(first));
    await start();
    expect(await ended()).toMatchObject({ imported: { complete: 2 }, known: 0 });
    expect(await facts()).toHaveLength(2);
  });

  it('names what it does not import, and why', async () => {
    await sandbox.seal();
    await sandbox.seal({ id: OTHER, said: (manifest) => ({ ...manifest, source: 'branch' }) });
    const manifest = await readFile(sandbox.place('manifest.json'));
    await writeFile(sandbox.place('manifest.json'), manifest.subarray(0, 100));
    await sandbox.seal({ id: '2026-02-07_05-15-00' });
    await rename(sandbox.place('', '2026-02-07_05-15-00'), sandbox.place('', '2026-02-08_05-15-00'));
    await writeFile(join(sandbox.root, 'notes.txt'), 'x');
    await start();
    const { imported, refused } = await ended();
    expect(imported).toEqual({ complete: 0, partial: 0 });
    expect(refused).toMatchObject([
      { name: ID, kind: 'damaged', reason: expect.stringMatching(/damaged/) },
      { name: OTHER, kind: 'source', reason: expect.stringMatching(/"branch".*--source/s) },
      { name: '2026-02-08_05-15-00', kind: 'damaged', reason: expect.stringMatching(/2026-02-07_05-15-00/) },
      { name: 'notes.txt', kind: 'foreign' },
    ]);
    expect(await ended('2026-11-22_05-15-01', { source: null })).toMatchObject({ imported: { complete: 1 } });
  });

  it('does not take up by itself what the log says is deleted', async () => {
    await sandbox.seal();
    await start();
    await ended();
    const gone = { backupId: ID, n: 'x', destination: 'local', files: 1, bytes: 1, warnings: [] } as const;
    await log.append(e.BackupDeleted({ ...gone, warnings: [] }));
    const again = await ended('2026-11-22_05-15-01');
    expect(again.refused).toMatchObject([
      { name: ID, kind: 'deleted', reason: expect.stringMatching(/--deleted/) },
    ]);
    expect(await summary()).toMatchObject({ verdict: 'deleted' });
    await ended('2026-11-22_05-15-02', { deleted: true });
    expect(await summary()).toMatchObject({ verdict: 'complete', destinations: ['local'] });
    expect(await readLyingBackups(log)).toHaveLength(1);
  });

  it('needs no key for encrypted ones, and never calls one of the Python tool complete', async () => {
    const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    await sandbox.seal({ recipient });
    await mkdir(join(sandbox.root, OTHER));
    await writeFile(sandbox.place('database.sql.gz', OTHER), gzipSync('SELECT 1;'));
    await start();
    expect(await ended()).toMatchObject({ imported: { complete: 1, partial: 1 }, refused: [] });
    expect(await facts()).toMatchObject([
      { backupId: ID, status: 'complete', recipients: [recipient] },
      { backupId: OTHER, status: 'partial', format: 'legacy', manifest: null },
    ]);
    expect(await summary(OTHER)).toMatchObject({ failures: [expect.stringMatching(/older tool/)] });
  });

  it('of very many backups ends with all of them known', async () => {
    await sandbox.seal();
    const manifest = await readFile(sandbox.place('manifest.json'), 'utf8');
    for (let n = 0; n < 500; n++) {
      const id = backupIdOf(new Date(Date.UTC(2020, 0, 1) + n * 3_600_000));
      await mkdir(join(sandbox.root, id));
      await writeFile(sandbox.place('manifest.json', id), manifest.replaceAll(ID, id));
    }
    await start();
    expect(await ended()).toMatchObject({ imported: { complete: 501 }, refused: [] });
    expect(await ended('2026-11-22_05-15-01')).toMatchObject({ imported: { complete: 0 }, known: 501 });
  });

  it('lets a partial one stay partial, and takes different bytes of one id for two backups', async () => {
    const failures = ['table x: 404'];
    await sandbox.seal({ said: (manifest) => ({ ...manifest, status: 'partial', failures }) });
    await bucket.writeManifest(
      ID,
      await readFile(sandbox.place('manifest.json')).then((bytes) =>
        Buffer.concat([bytes, Buffer.from('\n')]),
      ),
    );
    await start(s3);
    expect(await ended()).toMatchObject({
      imported: { partial: 1 },
      refused: [{ destination: 's3', kind: 'other' }],
    });
    expect(await summary()).toMatchObject({ verdict: 'partial', failures, destinations: ['local'] });
  });

  it('does not take what lies here for the copy of a backup that the log knows in the bucket alone', async () => {
    await start();
    await sandbox.seal();
    const wanted = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
    const request = { backupId: ID, parts: ['dump' as const], requestedBy: 'ada', ...wanted };
    const failure = { reason: 'no room', attempts: 5 };
    await log.append(e.BackupRequested({ ...request, deadline: '2099-01-01T00:00:00Z' }));
    await log.append(e.DumpFailed({ backupId: ID, failure }));
    const brought = { destination: 's3', files: 1, bytes: 9, seconds: 1 } as const;
    await log.append(e.PartUploaded({ backupId: ID, key: 'manifest', ...brought }));
    await log.append(e.UploadFailed({ backupId: ID, failure }));
    expect((await ended()).refused).toMatchObject([{ name: ID, destination: 'local', kind: 'other' }]);
    expect(await summary()).toMatchObject({ destinations: ['s3'] });
  });

  it('takes a failed run of the id of a backup that lies there for that backup', async () => {
    await start();
    await sandbox.seal();
    for (const fact of madeUpFacts(ID, { status: 'failed' })) await log.append(fact);
    expect(await summary()).toMatchObject({ verdict: 'failed' });
    expect(await ended()).toMatchObject({ imported: { complete: 1 }, refused: [] });
    expect(await summary()).toMatchObject({ verdict: 'complete', destinations: ['local'] });
  });

  it('tells of one of the Python tool what its manifest lists, and never calls it complete', async () => {
    const tables = [{ id: 'm1', title: 'Orders', records_count: 1, attachments_count: 0 }];
    const legacy = {
      version: '1.0',
      nocodb_url: 'http://nocodb:8080',
      bases: [{ id: 'p1', title: 'CRM', tables }],
    };
    const stored = {
      'database.sql.gz': gzipSync('SELECT 1;'),
      'bases/CRM/metadata.json': JSON.stringify({ id: 'p1', title: 'CRM' }),
      'bases/CRM/tables/Orders/schema.json': JSON.stringify({ id: 'm1', title: 'Orders', columns: [] }),
      'bases/CRM/tables/Orders/records.json.gz': gzipSync('[{"Id":1}]'),
      'manifest.json': JSON.stringify(legacy),
    };
    for (const [path, content] of Object.entries(stored)) {
      await mkdir(dirname(sandbox.place(path)), { recursive: true });
      await writeFile(sandbox.place(path), content);
    }
    await start();
    expect(await ended()).toMatchObject({ imported: { complete: 0, partial: 1 }, refused: [] });
    const sha256 = createHash('sha256').update(JSON.stringify(legacy)).digest('hex');
    expect(await facts()).toMatchObject([
      {
        ...{ format: 'legacy', status: 'partial', manifest: { sha256 }, parts: ['dump', 'export'] },
        ...{ source: 'http://nocodb:8080', export: { planned: 1, exported: 1, failed: 0 } },
        failures: [expect.stringMatching(/older tool \(Python\) counted nothing/)],
      },
    ]);
    expect(await summary()).toMatchObject({ verdict: 'partial', destinations: ['local'] });
  });
});
