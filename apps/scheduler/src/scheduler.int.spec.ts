import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type BackupContent, backupIdOf, backupRequest } from '@nocodb-backup/backup';
import { BackupImported, BackupRequested } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, type Recorded } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { requestWaiting } from './request-waiting.js';
import { scheduler } from './service.js';

const logger = new NestLog(createLog('scheduler', 'fatal'));
const content: BackupContent = {
  source: 'default',
  parts: ['dump', 'files'],
  records: true,
  attachments: true,
  deadlineHours: 1,
};

let nats: NatsServer;
let connection: Connection;
let log: EventLog;
const running: RunningService[] = [];

beforeAll(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
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
  running.push(await startService(scheduler, { env: { NATS_URL: nats.url, ...env }, logger }));
};
const facts = async (type: string): Promise<Recorded[]> => {
  const found: Recorded[] = [];
  for await (const fact of log.read(`evt.backup.*.${type}`)) found.push(fact);
  return found;
};
const untilThereAre = (count: number, type: string) =>
  poll(async () => {
    const found = await facts(type);
    return found.length >= count && found;
  }, AbortSignal.timeout(15_000));

describe('the scheduler', () => {
  it('requests one backup for one planned instant, however many schedulers there are', async () => {
    const env = { NOCODB_BACKUP_SCHEDULE_MODE: 'interval', NOCODB_BACKUP_API_EXPORT: 'false' };
    await Promise.all([start(env), start(env), start(env)]);
    const [request] = await untilThereAre(1, 'BackupRequested');
    for (const service of running.splice(0)) await service.stop();

    expect(await facts('BackupRequested')).toHaveLength(1);
    expect(request?.data).toMatchObject({
      trigger: 'schedule',
      requestedBy: 'schedule',
      parts: ['dump', 'files'],
    });
    const { deadline } = BackupRequested.schema.parse(request?.data);
    expect(Date.parse(deadline)).toBeGreaterThan(Date.now() + 11 * 3600_000);
  }, 30_000);

  it('requests the backup of a cron expression at its time, and tells the log its schedule (D1)', async () => {
    const before = (await facts('BackupRequested')).length;
    const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000);
    const cron = `${at.getUTCSeconds()} ${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
    const env = { NOCODB_BACKUP_SCHEDULE_CRON: cron, NOCODB_BACKUP_SOURCE: 'timely' };
    await Promise.all([start(env), start(env)]);
    const requests = await untilThereAre(before + 1, 'BackupRequested');
    expect(requests.at(-1)?.data).toMatchObject({ backupId: backupIdOf(at), source: 'timely' });
    const set = await log.last('evt.schedule.timely.ScheduleSet.1');
    expect(set?.data).toMatchObject({ schedule: { mode: 'cron', expression: cron, timeZone: 'Etc/UTC' } });
  }, 30_000);

  it('closes a backup whose deadline has passed, and names the parts that are awaited', async () => {
    const instant = new Date(Date.now() - 3600_000 + 2000);
    const request = backupRequest(content, { instant, trigger: 'manual', requestedBy: 'spec' });
    await log.append(request);
    await start({ NOCODB_BACKUP_SCHEDULE_ENABLED: 'false' });
    const [closed] = await untilThereAre(1, 'BackupTimedOut');

    expect(closed?.data).toEqual({ backupId: request.data.backupId, awaited: ['dump', 'files'] });
    expect(closed?.time.getTime()).toBeGreaterThanOrEqual(new Date(request.data.deadline).getTime());
  }, 30_000);

  it('does not give the id of a backup that an import has found to another one', async () => {
    const instant = new Date('2026-02-05T05:15:00Z');
    await log.append(BackupImported(foundAt('2026-02-05_05-15-00')));
    const cause = { id: 'cause', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const waiting = { cause, instant, trigger: 'schedule', when: 'now' } as const;
    const asking = { content, now: new Date(), signal: AbortSignal.timeout(10_000) };
    expect(await requestWaiting(log, waiting, asking)).toBe('2026-02-05_05-15-01');
    expect(await requestWaiting(log, waiting, asking)).toBe('2026-02-05_05-15-01');
  }, 30_000);
});

const foundAt = (backupId: string): BackupImported['data'] => {
  const part = { status: 'not requested', bytes: 0 } as const;
  const [requestedAt, settledAt] = ['2026-02-05T05:15:00.123Z', '2026-02-05T05:16:00.123Z'];
  return {
    ...{ backupId, n: 'import', destinations: ['local'], format: '2.0', manifest: null, status: 'complete' },
    ...{
      source: 'default',
      parts: ['dump'],
      records: true,
      attachments: true,
      trigger: 'manual',
      reason: null,
    },
    ...{ requestedBy: 'ada', requestedAt, settledAt, files: 1, bytes: 1, nocodbVersion: null },
    ...{ postgresVersion: null, dump: { ...part, tables: 0, rows: 0, sqlBytes: 0 } },
    dataFiles: { ...part, files: 0, tarBytes: 0 },
    export: { ...part, planned: 0, exported: 0, failed: 0, bases: [], tables: [] },
    ...{ failures: [], warnings: [] },
  };
};
