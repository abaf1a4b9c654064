import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { madeUpFacts, type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { uploader } from './service.js';

const main = join(import.meta.dirname, '../dist/main.js');
const none = {
  count: 0,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 7,
  zone: 'UTC',
};
const [oldest, older, newest] = [
  '2026-02-04_05-15-00',
  '2026-02-05_05-15-00',
  '2026-02-06_05-15-00',
] as const;

let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let root: string;
let vault: DirectoryVault;
const running: RunningService[] = [];
const children: ChildProcess[] = [];

/** A log and a directory of its own for each test. */
const scene = async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  await provision(connection, []);
  log = new EventLog(connection, 'spec');
  root = await mkdtemp(join(tmpdir(), 'deleter-'));
  vault = new DirectoryVault(root);
};
const env = () => ({ NATS_URL: nats.url, NOCODB_BACKUP_DIR: root });
const startUploader = async () => {
  const logger = new NestLog(createLog('uploader', 'fatal'));
  running.push(await startService(uploader, { env: env(), logger }));
};
/** A process of its own, which a test may kill. */
const spawnUploader = () => {
  const own = { ...process.env, ...env(), NOCODB_BACKUP_ACK_WAIT_SECONDS: '1', LOG_LEVEL: 'fatal' };
  const child = spawn(process.execPath, [main], { env: own, stdio: 'ignore' });
  children.push(child);
  return child;
};
const backup = async (id: string, status: 'complete' | 'failed' | 'running' = 'complete') => {
  const artifact = await vault.stage(id, 'a').store('database.sql.gz', Readable.from([Buffer.from('12345')]));
  if (status !== 'running') await vault.publish(id, 'a', artifact);
  if (status === 'complete') await vault.writeManifest(id, Buffer.from('{}'));
  for (const fact of madeUpFacts(id, { status })) await log.append(fact);
};
const ask = async (backupId: string, more: Partial<e.DeletionRequested['data']> = {}) => {
  const wish = {
    backupId,
    n: 'n1',
    destination: 'local' as const,
    requestedBy: 'ada',
    force: false,
    ...more,
  };
  await log.append(e.DeletionRequested(wish));
  return answerTo(backupId, wish.n);
};
const expire = async (backupId: string, destination: e.Destination = 'local') => {
  await log.append(e.BackupExpired({ backupId, destination, reasons: ['no rule keeps it'], policy: none }));
  return answerTo(backupId, destination);
};
const answerTo = (backupId: string, n: string) =>
  poll(async () => {
    for (const type of [e.BackupDeleted, e.DeletionRefused, e.DeletionFailed]) {
      const fact = await log.last(type.subjectFor({ backupId, n }));
      if (fact) return { type: fact.type, ...(fact.data as Record<string, unknown>) };
    }
    return undefined;
  }, AbortSignal.timeout(20_000));
const sealedIds = async () => (await vault.backups()).sealed;

describe('the deletion of backups', () => {
  beforeAll(scene, 30_000);
  afterEach(async () => {
    for (const service of running.splice(0)) await service.stop();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await connection.close();
    await nats.stop();
    await rm(root, { recursive: true, force: true });
    await scene();
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('removes what has expired, and tells how much that was', async () => {
    for (const id of [oldest, older, newest]) await backup(id);
    await startUploader();
    expect(await expire(oldest)).toMatchObject({ type: 'BackupDeleted', files: 2, bytes: 7, warnings: [] });
    expect(await sealedIds()).toEqual([older, newest]);
  }, 30_000);

  it('refuses the newest good backup unless it is forced, also when a later run failed', async () => {
    await backup(oldest, 'failed');
    await backup(older);
    await backup(newest, 'failed');
    await startUploader();
    expect(await ask(older)).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringContaining('the newest good one in local') as unknown,
    });
    expect(await expire(older)).toMatchObject({ type: 'DeletionRefused' });
    expect(await sealedIds()).toEqual([older]);
    expect(await expire(oldest)).toMatchObject({ type: 'BackupDeleted', files: 1 });
    expect(await ask(older, { n: 'n2', force: true })).toMatchObject({ type: 'BackupDeleted' });
    expect(await readdir(root)).toEqual(['.staging', newest].filter((name) => existsSync(join(root, name))));
  }, 30_000);

  it('heeds a pin that came after the expiry, and never takes one that is being made', async () => {
    await backup(oldest);
    await backup(older);
    await backup(newest, 'running');
    const expired = e.BackupExpired({ backupId: oldest, destination: 'local', reasons: ['x'], policy: none });
    await log.append(expired);
    await log.append(e.BackupPinned({ backupId: oldest, n: 'p1', by: 'ada' }));
    await startUploader();
    expect(await answerTo(oldest, 'local')).toMatchObject({ type: 'DeletionRefused' });
    expect(await ask(newest, { force: true })).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringContaining('still being made') as unknown,
    });
    expect(await vault.isStaged(newest)).toBe(true);
    await log.append(e.BackupUnpinned({ backupId: oldest, n: 'p2', by: 'ada' }));
    expect(await ask(oldest, { n: '2026-02-07-local' })).toMatchObject({ type: 'BackupDeleted' });
  }, 30_000);

  it('leaves what is being restored alone until that has ended', async () => {
    await backup(older);
    await backup(newest);
    const scope = { kind: 'dump', scope: {}, source: 'default', requestedBy: 'ada' } as const;
    const restore = { restoreId: '2026-02-07_10-00-00', backupId: older, options: {}, ...scope };
    await log.append(e.RestoreRequested({ ...restore, restoreId: '2026-02-07_09-00-00', planOnly: true }));
    await log.append(e.RestoreRequested({ ...restore, planOnly: false }));
    await startUploader();
    expect(await ask(older)).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringContaining(
        'is being restored (nocodb-backup show 2026-02-07_10-00-00)',
      ) as unknown,
    });
    await log.append(e.RestoreRefused({ restoreId: restore.restoreId, reason: 'NocoDB is connected' }));
    expect(await ask(older, { n: 'n2' })).toMatchObject({ type: 'BackupDeleted' });
  }, 30_000);

  it('deletes what the log does not know only beside a newer good one, or by force', async () => {
    await mkdir(join(root, oldest));
    await writeFile(join(root, oldest, 'database.sql.gz'), 'x');
    await startUploader();
    expect(await ask(oldest)).toMatchObject({ type: 'DeletionRefused' });
    await backup(newest);
    expect(await ask(oldest, { n: 'n2' })).toMatchObject({ type: 'BackupDeleted', files: 1 });
  }, 30_000);

  it('says so when there was nothing to delete, and when it knows no bucket', async () => {
    await backup(older);
    await backup(newest);
    await rm(join(root, older), { recursive: true });
    await startUploader();
    expect(await ask(older)).toMatchObject({
      type: 'BackupDeleted',
      files: 0,
      warnings: [expect.stringContaining('another disk or bucket is mounted there') as unknown],
    });
    expect(await ask(older, { n: 'n2', destination: 's3' })).toMatchObject({
      type: 'DeletionFailed',
      failure: { reason: expect.stringContaining('NOCODB_BACKUP_S3_BUCKET') as unknown },
    });
  }, 30_000);

  it('goes on where it was when it is killed in the middle', async () => {
    await backup(oldest);
    await backup(newest);
    const folder = join(root, oldest, 'bases');
    for (let part = 0; part < 40; part++) {
      await mkdir(join(folder, String(part)), { recursive: true });
      const names = Array.from({ length: 500 }, (_, index) => join(folder, String(part), String(index)));
      await Promise.all(names.map((name) => writeFile(name, 'x')));
    }
    const killed = spawnUploader();
    const expired = e.BackupExpired({ backupId: oldest, destination: 'local', reasons: ['x'], policy: none });
    await log.append(expired);
    const manifest = join(root, oldest, 'manifest.json');
    const deadline = Date.now() + 20_000;
    while (existsSync(manifest) && Date.now() < deadline) await new Promise((go) => setTimeout(go, 1));
    killed.kill('SIGKILL');
    expect(await sealedIds()).toEqual([newest]);
    expect((await vault.backups()).unsealed).toEqual([oldest]);
    spawnUploader();
    expect(await answerTo(oldest, 'local')).toMatchObject({ type: 'BackupDeleted' });
    expect((await vault.backups()).unsealed).toEqual([]);
  }, 60_000);
});
