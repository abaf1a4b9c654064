import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BackupRequested, ChannelOpened } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, madeUpFacts, startNats } from '@nocodb-backup/testing';
import { foundFact } from './found.harness.js';
import { History } from './history.js';
import { Observatory } from './observatory.js';
import { Watch } from './rules.js';
import { Watchman } from './watchman.js';

const none = {
  count: 0,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 0,
  zone: 'Etc/UTC',
};
const { signal } = new AbortController();
const hour = 3600_000;

describe('three watchmen of one log', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let now = new Date();
  let watchmen: Watchman[];

  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
    watchmen = Array.from({ length: 3 }, () =>
      watchmanOf({ retentionDays: 3, policy: { ...none, count: 1 } }),
    );
  }, 60_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });

  const watchmanOf = (more: object) => {
    const watch = new Watch({
      isWanted: true,
      source: 'default',
      directory: '/nowhere',
      maxAgeHours: 26,
      shrinkPercent: 50,
      diskFreePercent: 10,
      retentionDays: 0,
      policy: none,
      ...more,
    });
    return new Watchman(log, watch, new Observatory(log, new History(log), watch), { now: () => now });
  };
  const look = (later: number) => {
    now = new Date(now.getTime() + later);
    return Promise.all(watchmen.map((watchman) => watchman.look(signal)));
  };
  const alerts = async () => {
    const found: string[] = [];
    for await (const { type, data } of log.read('evt.alert.>'))
      found.push(`${type} ${(data as { alertId: string }).alertId}`);
    return found;
  };
  const append = async (facts: Parameters<EventLog['append']>[0][]) => {
    for (const fact of facts) await log.append(fact);
  };

  it('raise each alert once, clear it once, and begin anew after that', async () => {
    const id = '2026-11-22_05-00-00';
    await append([
      BackupRequested({
        backupId: id,
        source: 'default',
        parts: ['dump'],
        records: true,
        attachments: true,
        trigger: 'schedule',
        requestedBy: 'schedule',
        deadline: now.toISOString(),
      }),
    ]);
    await look(hour);
    await look(hour);
    expect(await alerts()).toEqual([`AlertRaised overdue-${id}`]);
    await append(madeUpFacts(id).slice(1));
    await look(hour);
    await look(27 * hour);
    await look(hour);
    expect((await alerts()).slice(1)).toEqual([
      `AlertCleared overdue-${id}`,
      'AlertRaised no-good-backup-default-1',
    ]);
    await append(madeUpFacts('2026-11-22_06-00-00'));
    now = new Date();
    await look(0);
    await look(40 * hour);
    expect((await alerts()).slice(3)).toEqual([
      'AlertCleared no-good-backup-default-1',
      'AlertRaised no-good-backup-default-2',
    ]);
  }, 60_000);

  it('say that nobody deletes what retention does not want', async () => {
    await look(4 * 24 * hour);
    expect((await alerts()).slice(5)).toEqual(['AlertRaised retention-stuck-default-1']);
  }, 60_000);

  it('take a backup that was found in the vault for what it is, as old as it is', async () => {
    const watchman = watchmanOf({ source: 'found' });
    const own = async () => (await alerts()).filter((alert) => alert.includes('found'));
    await log.append(ChannelOpened({ channel: 'webhook' }));
    const begun = Date.now();
    const later = async (hours: number) => {
      now = new Date(begun + hours * hour);
      await watchman.look(signal);
      return own();
    };
    expect(await later(25)).toEqual([]);
    await log.append(foundFact('2026-11-23_05-00-00', new Date(begun + 20 * hour), { source: 'found' }));
    expect(await later(45)).toEqual([]);
    expect(await later(47)).toEqual(['AlertRaised no-good-backup-found-1']);
  }, 60_000);
});
