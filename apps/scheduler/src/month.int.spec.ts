import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BackupRequested, RunDecided } from '@nocodb-backup/events';
import { Uploaded } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { BackupSettings, parseConfig, RetentionSettings } from '@nocodb-backup/service';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { BackupRuns } from './backup-runs.js';
import { SchedulerConfig } from './config.js';
import { planOf } from './plan-of.js';
import { SimulatedTime } from './simulated-time.harness.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const schema = SchedulerConfig.extend({ ...BackupSettings.shape, ...RetentionSettings.shape });
const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };

let nats: NatsServer;
let connection: Connection;
let log: EventLog;

beforeAll(async () => {
  Logger.overrideLogger(false);
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  await provision(connection, []);
  log = new EventLog(connection, 'spec');
}, 30_000);
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

interface Made {
  readonly id: string;
  readonly begun: Date;
  readonly ended: Date;
}

/** Schedulers of one NocoDB in a time of their own, and somebody who makes the backups that they request. */
const world = (env: Record<string, string>, begin: string, longer: Readonly<Record<string, number>> = {}) => {
  const time = new SimulatedTime(Date.parse(begin));
  const source = `s${begin.slice(0, 10)}`;
  const config = parseConfig(schema, { ...env, NOCODB_BACKUP_SOURCE: source });
  const clocks = [0, 2000, -3000].map((wrongByMs) => time.clock(wrongByMs));
  const running = new Map<number, BackupRuns>();
  const made = new Map<string, Made>();

  const read = async <Data>(filter: string): Promise<Data[]> =>
    (await Array.fromAsync(log.read(filter))).map(({ data }) => data as Data);
  const requests = async () =>
    (await read<BackupRequested['data']>('evt.backup.*.BackupRequested')).filter(
      (one) => one.source === source,
    );
  time.every(60 * MINUTE_MS, async (now) => {
    for (const { backupId: id, deadline } of await requests()) {
      if (made.has(id)) continue;
      const begun = new Date(Date.parse(deadline) - config.NOCODB_BACKUP_DEADLINE_HOURS * HOUR_MS);
      if (now.getTime() - begun.getTime() < (longer[id] ?? 0.5) * HOUR_MS) continue;
      const figures = { status: 'complete' as const, destinations: ['local'], files: 1, bytes: 1 };
      await log.append(Uploaded({ backupId: id, manifest, ...figures }));
      made.set(id, { id, begun, ended: now });
    }
  });
  const start = (...which: number[]) => {
    for (const index of which) {
      const [clock, plan] = [clocks[index], planOf(config)];
      if (!clock) throw new Error(`there is no scheduler ${index}`);
      running.set(index, new BackupRuns(plan, log, clock));
      running.get(index)?.onApplicationBootstrap();
    }
    time.living = running.size;
  };
  const stop = async (...which: number[]) => {
    await time.untilAllSleep();
    time.living = running.size - which.length;
    for (const index of which) {
      await running.get(index)?.beforeApplicationShutdown();
      running.delete(index);
    }
  };
  return {
    time,
    start,
    stop,
    made,
    requests,
    decided: async () =>
      (await read<RunDecided['data']>(`evt.schedule.${source}.RunDecided.*`)).map((data) => ({
        run: data.run,
        decision: data.decision,
        ...(data.behind !== undefined && { behind: data.behind }),
        ...(data.missed && { missed: data.missed }),
      })),
  };
};

const idsOf = (runs: readonly { readonly backupId: string }[]) => runs.map(({ backupId }) => backupId);
const days = (month: string, from: number, to: number, time: string) =>
  Array.from(
    { length: to - from + 1 },
    (_, index) => `${month}-${String(from + index).padStart(2, '0')}_${time}`,
  );
const starts = (runs: string[]) => runs.map((run) => ({ run, decision: 'start' }));

const overlapping = (made: ReadonlyMap<string, Made>): string[] => {
  const inOrder = [...made.values()].sort((a, b) => a.begun.getTime() - b.begun.getTime());
  return inOrder
    .filter(({ ended }, index) => ended > (inOrder[index + 1]?.begun ?? ended))
    .map(({ id }) => id);
};

describe('a month with three schedulers whose clocks differ', () => {
  it('makes every backup once and tells every miss, through outages and the change to summer time', async () => {
    const env = {
      TZ: 'Europe/Vienna',
      NOCODB_BACKUP_SCHEDULE_HOUR: '2',
      NOCODB_BACKUP_SCHEDULE_MINUTE: '30',
      NOCODB_BACKUP_DEADLINE_HOURS: '48',
    };
    const { time, start, stop, made, requests, decided } = world(env, '2026-03-15T12:00:00Z', {
      '2026-03-31_00-30-00': 26,
    });
    start(0, 1, 2);
    await time.passUntil('2026-03-18T01:29:50Z');
    await stop(1);
    await time.passUntil('2026-03-18T01:30:20Z');
    start(1);
    await time.passUntil('2026-03-20T01:29:40Z');
    await stop(0, 1, 2);
    await time.passUntil('2026-03-20T01:30:25Z');
    start(0, 1, 2);
    await time.passUntil('2026-03-22T10:00:00Z');
    await stop(0, 1, 2);
    await time.passUntil('2026-03-25T14:00:00Z');
    start(0, 1, 2);
    await time.passUntil('2026-03-29T01:40:00Z');
    time.putBack(2 * HOUR_MS);
    await time.passUntil('2026-04-05T09:00:00Z');
    await stop(0, 2);
    await time.passUntil('2026-04-07T09:00:00Z');
    start(0, 2);
    await time.passUntil('2026-04-09T12:00:00Z');
    await stop(0, 1, 2);
    await time.passUntil('2026-04-12T00:27:00Z');
    start(0, 1, 2);
    await time.passUntil('2026-04-14T12:00:00Z');
    await stop(0, 1, 2);

    expect(await decided()).toEqual([
      ...starts(days('2026-03', 16, 22, '01-30-00')),
      {
        run: '2026-03-25_01-30-00',
        decision: 'start',
        missed: { runs: 3, since: '2026-03-23T01:30:00.000Z' },
      },
      ...starts(days('2026-03', 26, 28, '01-30-00')),
      { run: '2026-03-29_01-00-00', decision: 'start' },
      ...starts(days('2026-03', 30, 31, '00-30-00')),
      { run: '2026-04-01_00-30-00', decision: 'skip', behind: '2026-03-31_00-30-00' },
      ...starts(days('2026-04', 2, 9, '00-30-00')),
      {
        run: '2026-04-12_00-30-00',
        decision: 'start',
        missed: { runs: 2, since: '2026-04-10T00:30:00.000Z' },
      },
      ...starts(days('2026-04', 13, 14, '00-30-00')),
    ]);
    const begun = (await decided()).filter(({ decision }) => decision === 'start');
    expect(idsOf(await requests())).toEqual(begun.map(({ run }) => run));
    expect(overlapping(made)).toEqual([]);
  }, 120_000);

  it('lets a run wait for the backup before it, also when they all were down meanwhile, and runs once in the long night', async () => {
    const env = {
      TZ: 'Europe/Vienna',
      NOCODB_BACKUP_SCHEDULE_HOUR: '2',
      NOCODB_BACKUP_SCHEDULE_MINUTE: '30',
      NOCODB_BACKUP_DEADLINE_HOURS: '48',
      NOCODB_BACKUP_OVERLAP: 'queue',
    };
    const { time, start, stop, made, requests, decided } = world(env, '2026-10-23T12:00:00Z', {
      '2026-10-26_01-30-00': 27,
      '2026-10-29_01-30-00': 26,
    });
    start(0, 1, 2);
    await time.passUntil('2026-10-27T04:00:00Z');
    await stop(0, 1, 2);
    await time.passUntil('2026-10-27T07:00:00Z');
    start(0, 1, 2);
    await time.passUntil('2026-10-31T12:00:00Z');
    await stop(0, 1, 2);

    expect(await decided()).toEqual([
      ...starts(['2026-10-24_00-30-00', '2026-10-25_00-30-00', '2026-10-26_01-30-00']),
      { run: '2026-10-27_01-30-00', decision: 'queue', behind: '2026-10-26_01-30-00' },
      ...starts(['2026-10-28_01-30-00', '2026-10-29_01-30-00']),
      { run: '2026-10-30_01-30-00', decision: 'queue', behind: '2026-10-29_01-30-00' },
      ...starts(['2026-10-31_01-30-00']),
    ]);
    expect(idsOf(await requests())).toEqual((await decided()).map(({ run }) => run));
    expect(overlapping(made)).toEqual([]);
    expect(made.get('2026-10-27_01-30-00')?.begun.toISOString()).toMatch(/^2026-10-27T07:00:0/);
  }, 120_000);

  it('runs every day at 05:15 UTC when nothing is configured (D1)', async () => {
    const { time, start, stop, requests } = world({}, '2026-06-01T00:00:00Z');
    start(0, 1, 2);
    await time.passUntil('2026-06-04T00:00:00Z');
    await stop(0, 1, 2);
    expect(idsOf(await requests())).toEqual(days('2026-06', 1, 3, '05-15-00'));
  }, 60_000);
});
