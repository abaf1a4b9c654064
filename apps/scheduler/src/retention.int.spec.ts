import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { backupIdOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision, type Recorded } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { type MadeUpBackup, madeUpFacts, type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { scheduler } from './service.js';

const DAY_MS = 86_400_000;
const begun = Date.now();
const idAt = (daysAgo: number) => backupIdOf(new Date(begun - daysAgo * DAY_MS));
const failure = { reason: 'it is locked', attempts: 1 };

describe('retention', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  const running: RunningService[] = [];

  beforeEach(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  }, 30_000);
  afterEach(async () => {
    for (const service of running.splice(0)) await service.stop();
    await connection.close();
    await nats.stop();
  }, 30_000);

  const start = async (env: Record<string, string>) => {
    const logger = new NestLog(createLog('scheduler', 'fatal'));
    const common = { NATS_URL: nats.url, NOCODB_BACKUP_SCHEDULE_ENABLED: 'false' };
    running.push(await startService(scheduler, { env: { ...common, ...env }, logger }));
  };
  const stop = async () => {
    for (const service of running.splice(0)) await service.stop();
  };
  const append = async (...facts: e.BackupEvent[]) => {
    for (const fact of facts) await log.append(fact);
  };
  const backup = (daysAgo: number, made?: MadeUpBackup) => append(...madeUpFacts(idAt(daysAgo), made));
  const facts = (filter: string): Promise<Recorded[]> => Array.fromAsync(log.read(`evt.backup.${filter}`));
  const expired = async () =>
    (await facts('*.BackupExpired.*')).map(({ data }) => {
      const { backupId, destination } = data as e.BackupExpired['data'];
      return `${backupId} ${destination}`;
    });
  const untilExpired = (count: number) =>
    poll(async () => (await expired()).length >= count, AbortSignal.timeout(15_000));
  /** Nothing waits to be judged. */
  const settled = () =>
    poll(async () => {
      const healths = await Promise.all(running.map((service) => service.health()));
      return healths.every(({ lanes }) =>
        lanes
          .filter(({ durable }) => durable === 'scheduler-retention')
          .every(({ pending, ackPending, running: busy }) => pending + ackPending + busy === 0),
      );
    }, AbortSignal.timeout(15_000));

  it('lets failed runs push nothing out, and expires a copy once, however many schedulers there are (D14)', async () => {
    for (const day of [40, 39, 38]) await backup(day, { destinations: ['local', 's3'] });
    for (let day = 37; day > 1; day--) await backup(day, { status: day % 2 ? 'failed' : 'partial' });
    const env = { NOCODB_BACKUP_RETENTION_COUNT: '3', NOCODB_BACKUP_RETENTION_INCOMPLETE_DAYS: '100' };
    await Promise.all([start(env), start(env), start(env)]);
    await settled();
    expect(await expired()).toEqual([]);

    await backup(1, { destinations: ['local', 's3'] });
    await untilExpired(2);
    await settled();
    expect((await expired()).sort()).toEqual([`${idAt(40)} local`, `${idAt(40)} s3`]);
    const [fact] = await facts(`${idAt(40)}.BackupExpired.local`);
    expect(fact?.data).toMatchObject({
      reasons: ['no rule keeps it'],
      policy: { count: 3, zone: 'Etc/UTC' },
    });
  }, 60_000);

  it('judges at its start, each source by itself, and sweeps what failed', async () => {
    await backup(20, { status: 'failed' });
    for (const day of [19, 18]) await backup(day);
    for (const day of [17, 16]) await backup(day, { source: 'other' });
    await start({ NOCODB_BACKUP_RETENTION_COUNT: '1' });
    await untilExpired(2);
    await settled();
    expect((await expired()).sort()).toEqual([`${idAt(20)} local`, `${idAt(19)} local`]);
  }, 60_000);

  it('asks again once a day for what could not be deleted, but not once it is pinned', async () => {
    for (const day of [5, 4, 3]) await backup(day);
    await start({ NOCODB_BACKUP_RETENTION_COUNT: '1' });
    await untilExpired(2);
    for (const backupId of [idAt(5), idAt(4)])
      await append(e.DeletionFailed({ backupId, n: 'local', destination: 'local', failure }));
    await append(e.BackupPinned({ backupId: idAt(4), n: 'p', by: 'ada' }));
    await stop();
    const env = { NOCODB_BACKUP_RETENTION_COUNT: '1' };
    await start(env);
    const requests = () => facts('*.DeletionRequested.*');
    await poll(async () => (await requests()).length > 0, AbortSignal.timeout(15_000));
    await stop();
    await start(env);
    await backup(2);
    await poll(async () => (await expired()).length === 3, AbortSignal.timeout(15_000));
    expect((await requests()).map(({ data }) => data)).toEqual([
      expect.objectContaining({
        backupId: idAt(5),
        destination: 'local',
        requestedBy: 'retention',
        force: false,
      }),
    ]);
    expect((await expired()).sort()).toEqual([idAt(5), idAt(4), idAt(3)].map((id) => `${id} local`));
  }, 60_000);
});
