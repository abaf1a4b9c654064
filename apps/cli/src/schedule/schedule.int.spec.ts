import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backupRequest } from '@nocodb-backup/backup';
import { BackupRequested, RunDecided, ScheduleSet } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { freePort, type NatsServer, startNats } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';

const now = new Date('2026-03-28T12:00:00Z');
const source = 'default';
const content = { source, parts: ['dump' as const], records: true, attachments: true, deadlineHours: 12 };
const vienna = { TZ: 'Europe/Vienna', NOCODB_BACKUP_SCHEDULE_CRON: '30 2 * * *' };
const set = { mode: 'cron', expression: '30 2 * * *', timeZone: 'Europe/Vienna' } as const;

let nats: NatsServer;
let connection: Connection;
let log: EventLog;
const ran = (env: Record<string, string>, ...argv: string[]) =>
  ranCli({ env: { NATS_URL: nats.url, ...env }, now }, ...argv);

beforeAll(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  await provision(connection, []);
  log = new EventLog(connection, 'spec');
}, 30_000);
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

describe('schedule', () => {
  it('shows the next five runs, and says where nothing has come yet', async () => {
    await log.append(ScheduleSet({ source, n: '1', schedule: set, from: '2026-03-01T00:00:00.000Z' }));
    const { code, out, err } = await ran(vienna, 'schedule');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Backups come at "30 2 \* \* \*" \(Europe\/Vienna\)\.$/m);
    expect(out).toMatch(
      /^ {2}2026-03-29 03:00 {3}2026-03-29 01:00:00Z {3}\(the planned time does not exist/m,
    );
    expect(out.match(/^ {2}2026-/gm)).toHaveLength(5);
    expect(out).toMatch(/^Last: none has come by itself yet\.$/m);
  });

  it('tells how the last one went, and what was missed or left out', async () => {
    const run = '2026-03-27_01-30-00';
    const missed = { runs: 3, since: '2026-03-25T01:30:00.000Z' };
    await log.append(
      RunDecided({ source, run, decision: 'start', missed, decidedAt: '2026-03-27T09:00:00.000Z' }),
    );
    const occasion = {
      instant: new Date('2026-03-27T01:30:00Z'),
      trigger: 'schedule',
      requestedBy: 'schedule',
    };
    await log.append(backupRequest(content, { ...occasion, trigger: 'schedule' }));
    const { out } = await ran(vienna, 'schedule');
    expect(out).toMatch(/^Last: 2026-03-27_01-30-00, .*: overdue$/m);
    expect(out).toMatch(/run 2026-03-27_01-30-00 starts; 3 runs were missed since 2026-03-25 01:30:00$/m);
    const json = await ran(vienna, 'schedule', '--json', '--count', '2');
    expect(JSON.parse(json.out)).toMatchObject({
      enabled: true,
      zone: 'Europe/Vienna',
      next: [{ at: '2026-03-29T01:00:00.000Z' }, { at: '2026-03-30T00:30:00.000Z', note: null }],
      last: { id: run, verdict: 'overdue' },
      setbacks: [{ run, missed }],
    });
  });

  it('says that it is switched off, and that the scheduler has other settings', async () => {
    const { code, out, err } = await ran({ ...vienna, NOCODB_BACKUP_SCHEDULE_ENABLED: 'false' }, 'schedule');
    expect(code).toBe(0);
    expect(out).toMatch(/^No backup comes by itself: the schedule is switched off/);
    expect(err).toMatch(
      /the scheduler has other settings than this command: by the log backups come at "30 2/,
    );
  });

  it('plans without the log, too', async () => {
    const { code, out, err } = await ran({ NATS_URL: `nats://127.0.0.1:${await freePort()}` }, 'schedule');
    expect(code).toBe(0);
    expect(out).toMatch(/2026-03-29 05:15 {3}2026-03-29 05:15:00Z/);
    expect(err).toMatch(/the event log cannot be read/);
  }, 20_000);
});

describe('backup --reason', () => {
  it('marks the one before an upgrade', async () => {
    const { code, out } = await ran({}, 'backup', '--no-wait', '--reason', 'pre-upgrade');
    expect(code).toBe(0);
    const recorded = await log.last(`evt.backup.${out.trim()}.BackupRequested`);
    expect(BackupRequested.read(recorded?.data, 1)).toMatchObject({
      trigger: 'pre-upgrade',
      requestedBy: 'ada@desk',
    });
  });
});
