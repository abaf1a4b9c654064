import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BackupRequested } from '@nocodb-backup/events';
import { RunDecided, ScheduleSet, Uploaded } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { BackupSettings, parseConfig } from '@nocodb-backup/service';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { BackupRuns } from './backup-runs.js';
import { SchedulerConfig } from './config.js';
import { planOf } from './plan-of.js';
import { SimulatedTime } from './simulated-time.harness.js';
import { VersionWatch, Watched } from './version-watch.js';

const config = parseConfig(SchedulerConfig.extend(BackupSettings.shape), {});
const source = 'default';
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let nocodb: Server;
let answer: { status: number; version: string } = { status: 200, version: '0.301.3' };

beforeAll(async () => {
  Logger.overrideLogger(false);
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  await provision(connection, []);
  log = new EventLog(connection, 'spec');
  nocodb = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ currentVersion: answer.version }));
  }).listen(0, '127.0.0.1');
  await once(nocodb, 'listening');
}, 30_000);
afterAll(async () => {
  nocodb.closeAllConnections();
  nocodb.close();
  await connection.close();
  await nats.stop();
});

const requests = async () =>
  (await Array.fromAsync(log.read('evt.backup.*.BackupRequested'))).map(
    ({ data }) => data as BackupRequested['data'],
  );

describe('schedulers that watch the version of NocoDB', () => {
  it('request one backup when it changes, as soon as none is running, and none when it does not answer', async () => {
    const time = new SimulatedTime(Date.parse('2026-06-01T12:00:00Z'));
    const url = `http://127.0.0.1:${(nocodb.address() as AddressInfo).port}`;
    const parts = [0, 1, 2].flatMap((index) => {
      const clock = time.clock(index * 500);
      const runs = new BackupRuns(planOf(config), log, clock);
      return [runs, new VersionWatch(new Watched(source, url), log, clock, runs)];
    });
    for (const part of parts) part.onApplicationBootstrap();
    time.living = parts.length;
    await time.passUntil('2026-06-02T05:16:00Z');
    answer = { status: 503, version: '' };
    await time.passUntil('2026-06-02T05:26:00Z');
    expect((await requests()).map(({ trigger }) => trigger)).toEqual(['schedule']);
    answer = { status: 200, version: '0.302.0' };
    await time.passUntil('2026-06-02T05:40:00Z');
    expect(await requests()).toHaveLength(1);
    const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };
    const figures = { status: 'complete' as const, destinations: ['local'], files: 1, bytes: 1 };
    await log.append(Uploaded({ backupId: '2026-06-02_05-15-00', manifest, ...figures }));
    await time.passUntil('2026-06-02T05:42:00Z');
    expect((await requests()).slice(1)).toMatchObject([
      { trigger: 'upgrade', reason: 'NocoDB has version 0.302.0 instead of 0.301.3: taken after the change' },
    ]);
    await time.passUntil('2026-06-02T08:00:00Z');
    time.living = 0;
    await Promise.all(parts.map((part) => part.beforeApplicationShutdown()));
    expect(await requests()).toHaveLength(2);
  }, 60_000);
});

describe('a run that a scheduler had decided before it died', () => {
  it('is requested by the next one, with another second where its own belongs to another NocoDB', async () => {
    const own = 'other';
    const run = '2026-06-02_05-15-00';
    const schedule = { mode: 'cron', expression: '15 5 * * *', timeZone: 'Etc/UTC' } as const;
    await log.append(ScheduleSet({ source: own, n: '1', schedule, from: '2026-06-01T00:00:00.000Z' }));
    await log.append(
      RunDecided({ source: own, run, decision: 'start', decidedAt: '2026-06-02T05:15:00.000Z' }),
    );
    const time = new SimulatedTime(Date.parse('2026-06-02T05:20:00Z'));
    const plan = planOf({ ...config, NOCODB_BACKUP_SOURCE: own });
    const both = [0, 1].map(() => new BackupRuns(plan, log, time.clock(0)));
    for (const one of both) one.onApplicationBootstrap();
    time.living = both.length;
    await time.passUntil('2026-06-02T05:21:00Z');
    time.living = 0;
    await Promise.all(both.map((one) => one.beforeApplicationShutdown()));
    expect((await requests()).filter((one) => one.source === own)).toMatchObject([
      { backupId: '2026-06-02_05-15-01', trigger: 'schedule' },
    ]);
  }, 30_000);
});
