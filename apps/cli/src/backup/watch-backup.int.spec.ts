import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Backup, BackupFact } from '@nocodb-backup/backup';
import { BackupRequested, DumpCompleted } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision, tellProgress } from '@nocodb-backup/messaging';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import type { Figures } from '../views/figures-text.js';
import type { Display } from '../display.js';
import { watchBackup } from './watch-backup.js';

const patience = () => AbortSignal.timeout(10_000);
const contents = {
  artifacts: [],
  sqlBytes: 1,
  tables: 1,
  rows: 1,
  serverVersion: '15',
  clientVersion: '15',
  seconds: 1,
};
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const dumped = (backupId: string) =>
  DumpCompleted({ backupId, attempt: 'a1', ...contents, collation, warnings: [] });

describe('watching a backup', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let enough = new AbortController();

  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    log = new EventLog(connection, 'test');
  }, 30_000);
  afterEach(() => {
    enough.abort();
    enough = new AbortController();
  });
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });

  const watched = async (
    backupId: string,
    { deadline = '2999-01-01T00:00:00Z', unattendedMs = 60_000 } = {},
  ) => {
    const request = BackupRequested({
      backupId,
      source: 'default',
      parts: ['dump'],
      records: true,
      attachments: true,
      trigger: 'manual',
      requestedBy: 'ada',
      deadline,
    });
    const { sequence, time } = (await log.append(request)).recorded;
    const seen = { remarks: [] as string[], facts: [] as string[], figures: new Map<string, Figures>() };
    const display: Display<Backup, BackupFact> = {
      everyMs: 10,
      happened: ({ type }) => seen.facts.push(type),
      draw: (_, figures) => {
        seen.figures = new Map(figures);
      },
      remark: (text) => seen.remarks.push(text),
      end: () => undefined,
    };
    const open = { log, connection, [Symbol.asyncDispose]: () => Promise.resolve() };
    const watch = { display, signal: enough.signal, unattendedMs, graceMs: 10 };
    return { seen, ended: watchBackup(open, { ...request, sequence, time }, watch) };
  };

  it('says what to start when nobody takes the request, once', async () => {
    const { seen, ended } = await watched('b1', { unattendedMs: 20 });
    await poll(() => Promise.resolve(seen.remarks.length > 0), patience());
    enough.abort();
    await ended;
    expect(seen.remarks).toEqual([expect.stringContaining('nocodb-backup up')]);
  });

  it('does not say so when somebody is at work', async () => {
    const { seen, ended } = await watched('b2', { unattendedMs: 1500 });
    await log.append(dumped('b2'));
    await poll(() => Promise.resolve(seen.facts.includes('DumpCompleted')), patience());
    const until = Date.now() + 1600;
    await poll(() => Promise.resolve(Date.now() > until), patience());
    expect(seen.remarks).toEqual([]);
    enough.abort();
    expect(await ended).toMatchObject({ dump: { state: 'succeeded' } });
  });

  it('shows the figures that services tell', async () => {
    const { seen } = await watched('b3');
    await poll(() => {
      tellProgress(connection, dumped('b3'), { part: 'dump', bytes: 5 });
      return Promise.resolve(seen.figures.size > 0);
    }, patience());
    expect(seen.figures.get('dump')).toEqual({ bytes: 5 });
  });

  it('gives up after the deadline', async () => {
    const { ended } = await watched('b4', { deadline: '2020-01-01T00:00:00Z' });
    expect(await ended).toMatchObject({ id: 'b4', ending: undefined });
  });

  it('waits for a log that is away, says so, and goes on', async () => {
    const { seen, ended } = await watched('b5');
    await nats.kill('SIGKILL');
    await poll(() => Promise.resolve(seen.remarks.length === 1), patience());
    await nats.restart();
    await poll(() => Promise.resolve(seen.remarks.length === 2), patience());
    await log.append(dumped('b5'));
    await poll(() => Promise.resolve(seen.facts.includes('DumpCompleted')), patience());
    enough.abort();
    expect((await ended)?.settled).toBeDefined();
  }, 30_000);
});
