import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { retentionFacts, retentionPlan, summaryOf } from '@nocodb-backup/backup';
import { dumper } from '@nocodb-backup/dumper';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { restorer } from '@nocodb-backup/restorer';
import {
  createLog,
  NestLog,
  readBackup,
  readLyingBackups,
  type RunningService,
  type Service,
  startService,
} from '@nocodb-backup/service';
import { type NatsServer, poll, type PostgresServer, startNats, startPostgres } from '@nocodb-backup/testing';
import { uploader } from '@nocodb-backup/uploader';

const [oldest, older, newest] = [
  '2026-02-03_05-15-00',
  '2026-02-04_05-15-00',
  '2026-02-05_05-15-00',
] as const;
const keepOne = {
  count: 1,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 7,
  zone: 'UTC',
};
const patience = () => AbortSignal.timeout(30_000);
const logger = new NestLog(createLog('spec', 'fatal'));

let postgres: PostgresServer;
let database: string;
let root: string;
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
const running: RunningService[] = [];

const begin = async (...services: readonly Service[]) => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  log = new EventLog(connection, 'spec');
  const NOCODB_API_URL = 'http://127.0.0.1:1';
  const env = { NATS_URL: nats.url, DATABASE_URL: database, NOCODB_BACKUP_DIR: root, NOCODB_API_URL };
  for (const service of services) running.push(await startService(service, { env, logger }));
};
const end = async () => {
  for (const service of running.splice(0)) await service.stop();
  await connection.close();
  await nats.stop();
};
const answered = async (
  fact: e.BackupEvent | e.ImportRequested,
  ...answers: readonly { readonly type: string; subjectFor(data: object): string }[]
): Promise<Record<string, unknown>> => {
  await log.append(fact);
  return poll(async () => {
    for (const type of answers) {
      const answer = await log.last(type.subjectFor(fact.data));
      if (answer) return { type: type.type, ...(answer.data as object) };
    }
    return undefined;
  }, patience());
};
const imported = (importId: string) =>
  answered(
    e.ImportRequested({ importId, source: 'default', deleted: false, requestedBy: 'ada' }),
    e.ImportCompleted,
    e.ImportFailed,
  );
let wishes = 0;
const deleted = (backupId: string, force = false) =>
  answered(
    e.DeletionRequested({
      ...{ backupId, n: `n${++wishes}`, destination: 'local', requestedBy: 'ada', force },
    }),
    ...[e.BackupDeleted, e.DeletionRefused, e.DeletionFailed],
  );
const verdict = async (backupId: string) => {
  const backup = await readBackup(log, backupId);
  return backup && summaryOf(backup, new Date()).verdict;
};

/** Three backups as the services make them, of which the log is lost. */
beforeAll(async () => {
  postgres = await startPostgres();
  root = await mkdtemp(join(tmpdir(), 'imported-'));
  database = await postgres.createDatabase('nocodb', 'noco');
  await postgres.query('ALTER ROLE noco CREATEDB');
  const table = 'SET ROLE noco; CREATE TABLE orders AS SELECT generate_series(1, 1000) id';
  await postgres.query(table, undefined, 'nocodb');
  await begin(dumper, uploader);
  for (const backupId of [oldest, older, newest]) {
    const wish = { source: 'default', parts: ['dump' as const], records: true, attachments: true };
    const request = { ...wish, trigger: 'manual' as const, requestedBy: 'ada' };
    const requested = e.BackupRequested({ backupId, ...request, deadline: '2099-01-01T00:00:00Z' });
    expect(await answered(requested, e.Uploaded, e.UploadFailed)).toMatchObject({ status: 'complete' });
  }
  await end();
  await begin(restorer, uploader);
}, 120_000);
afterAll(async () => {
  await end();
  await postgres.stop();
  await rm(root, { recursive: true, force: true });
}, 30_000);

describe('backups whose log was lost', () => {
  it('are not deleted before they are imported, and are complete after', async () => {
    expect(await deleted(oldest, true)).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringMatching(/does not know.*Run nocodb-backup import/),
    });
    expect(await imported('2026-11-22_05-15-00')).toMatchObject({ imported: { complete: 3 }, refused: [] });
    for (const id of [oldest, older, newest]) expect(await verdict(id)).toBe('complete');
  }, 60_000);

  it('are drilled as others are', async () => {
    const request = {
      backupId: newest,
      n: '2026-11-22_06-00-00',
      sample: 'full',
      trigger: 'manual',
    } as const;
    const drill = e.VerificationRequested({ ...request, kind: 'drill', requestedBy: 'ada' });
    expect(await answered(drill, e.Verified, e.VerificationFailed)).toMatchObject({
      type: 'Verified',
      tables: 1,
      rows: 1000,
    });
  }, 60_000);

  it('are deleted by retention, but neither a pinned one nor the newest good one', async () => {
    await log.append(e.BackupPinned({ backupId: oldest, n: 'p1', by: 'ada', reason: 'audit' }));
    expect(await deleted(oldest)).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringMatching(/pinned/),
    });
    expect(await deleted(newest)).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringMatching(/newest good one/),
    });
    const facts = retentionFacts(retentionPlan(await readLyingBackups(log), keepOne, new Date()), keepOne);
    expect(facts).toMatchObject([{ type: 'BackupExpired', data: { backupId: older, destination: 'local' } }]);
    for (const fact of facts) await log.append(fact);
    const gone = { backupId: older, n: 'local' };
    expect((await poll(() => log.last(e.BackupDeleted.subjectFor(gone)), patience())).data).toMatchObject({
      warnings: [],
    });
    expect(await verdict(older)).toBe('deleted');
    expect(existsSync(join(root, older))).toBe(false);
  }, 60_000);

  it('are gone when a person says so, and a second import changes nothing', async () => {
    expect(await deleted(oldest, true)).toMatchObject({ type: 'BackupDeleted', warnings: [] });
    expect(existsSync(join(root, oldest))).toBe(false);
    expect(await imported('2026-11-22_05-15-01')).toMatchObject({
      imported: { complete: 0, partial: 0 },
      known: 1,
      refused: [],
    });
    expect(await verdict(newest)).toBe('complete');
    expect(await verdict(oldest)).toBe('deleted');
  }, 60_000);
});
