import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { backupIdOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { scheduler } from './service.js';
import { verificationDuty } from './verification-duty.js';

const logger = new NestLog(createLog('scheduler', 'fatal'));
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
const running: RunningService[] = [];

beforeAll(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  await provision(connection, []);
  log = new EventLog(connection, 'spec');
}, 30_000);
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop();
}, 30_000);
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

const start = async (env: Record<string, string>) => {
  const off = { NOCODB_BACKUP_SCHEDULE_ENABLED: 'false' };
  running.push(await startService(scheduler, { env: { NATS_URL: nats.url, ...off, ...env }, logger }));
};
const requests = async () => {
  const found: e.VerificationRequested['data'][] = [];
  for await (const { data } of log.read('evt.backup.*.VerificationRequested.>'))
    found.push(e.VerificationRequested.read(data, 1));
  return found;
};
const completed = async (backupId: string) => {
  const common = { backupId, attempt: 'a1', artifacts: [], seconds: 1, warnings: [] };
  const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
  const versions = { serverVersion: '15', clientVersion: '15', collation };
  const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };
  const content = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
  const deadline = new Date(Date.now() + 3600_000).toISOString();
  await log.append(
    e.BackupRequested({ backupId, parts: ['dump'], ...content, requestedBy: 'spec', deadline }),
  );
  await log.append(e.DumpCompleted({ ...common, ...versions, sqlBytes: 1, tables: 1, rows: 1 }));
  const figures = { files: 1, bytes: 1, destinations: ['local'], missingDestinations: [] };
  await log.append(e.Uploaded({ backupId, manifest, status: 'complete', ...figures }));
};
/** A cron expression that comes due once, soon. */
const soon = (seconds: number): { readonly cron: string; readonly at: Date } => {
  const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + seconds * 1000);
  return { cron: `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`, at };
};

const late = (kind: e.VerificationKind, at: Date) =>
  verificationDuty(kind, { mode: 'interval', hours: 1 }, 'full').request(log, at, AbortSignal.timeout(5000));

describe('the schedule of verifications and drills', () => {
  it('requests each once, of the same backup, however many schedulers there are', async () => {
    await completed('2026-02-05_05-15-00');
    await completed('2026-02-06_05-15-00');
    const { cron, at } = soon(3);
    const env = {
      NOCODB_BACKUP_VERIFY_SCHEDULE: cron,
      NOCODB_BACKUP_DRILL_SCHEDULE: cron,
      NOCODB_BACKUP_VERIFY_SAMPLE: '25',
    };
    await Promise.all([start(env), start(env), start(env)]);
    await poll(async () => (await requests()).length >= 2, AbortSignal.timeout(15_000));
    for (const service of running.splice(0)) await service.stop();
    // One that is late judges by what was there at the instant, too.
    await completed('2026-02-07_05-15-00');
    for (const kind of ['verify', 'drill'] as const)
      expect(await late(kind, at)).toMatch(/2026-02-06_05-15-00 had been requested before$/);

    const all = await requests();
    expect(all).toHaveLength(2);
    const common = { backupId: '2026-02-06_05-15-00', trigger: 'schedule', requestedBy: 'schedule' };
    expect(all.find(({ kind }) => kind === 'verify')).toMatchObject({ ...common, sample: 0.25 });
    expect(all.find(({ kind }) => kind === 'drill')).toMatchObject({ ...common, sample: 'full' });
    const next = new Date(at.getTime() + 1000);
    expect(all.map(({ n }) => n).sort()).toEqual([backupIdOf(at), backupIdOf(next)]);
  }, 30_000);

  it('requests nothing where there is no complete backup', async () => {
    expect(await late('verify', new Date('2026-01-01'))).toMatch(/no verification .* no complete backup$/);
    expect(await late('drill', new Date('2026-01-01'))).toMatch(/no drill .* with a dump$/);
  });

  it('must be a cron expression', async () => {
    await expect(start({ NOCODB_BACKUP_VERIFY_SCHEDULE: 'daily' })).rejects.toThrow(
      /NOCODB_BACKUP_VERIFY_SCHEDULE: must be a cron expression/,
    );
  });
});
