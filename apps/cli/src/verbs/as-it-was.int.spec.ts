import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { madeUpFacts, type NatsServer, startNats } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';
import { storyOf } from '../story.harness.js';

const [first, second] = ['2026-01-01_05-00-00', '2026-01-02_05-00-00'] as const;
const restoreId = '2026-01-02_09-00-00';
const wish = { backupId: first, source: 'default', kind: 'dump' as const, scope: {}, options: {} };

/** The first backup is made at 5, pinned at noon, restored and deleted on the next day, when the second one goes on for ever. */
const [requested, dumped, uploaded] = madeUpFacts(first) as [e.BackupEvent, e.BackupEvent, e.BackupEvent];
const [requestedAgain] = madeUpFacts(second, { status: 'running' }) as [e.BackupEvent];
const deleted = { n: 'n1', destination: 'local' as const, files: 2, bytes: 2000, warnings: [] };
const story = [
  ['2026-01-01T05:00:00.000Z', requested],
  ['2026-01-01T05:01:00.000Z', dumped],
  ['2026-01-01T05:02:00.000Z', uploaded],
  ['2026-01-01T12:00:00.000Z', e.BackupPinned({ backupId: first, n: 'p1', by: 'ada' })],
  ['2026-01-02T05:00:00.000Z', requestedAgain],
  [
    '2026-01-02T09:00:00.000Z',
    e.RestoreRequested({ restoreId, ...wish, planOnly: false, requestedBy: 'ada' }),
  ],
  ['2026-01-02T09:05:00.000Z', e.RestoreRefused({ restoreId, reason: 'NocoDB runs' })],
  ['2026-01-02T18:00:00.000Z', e.BackupDeleted({ backupId: first, ...deleted })],
] as const;

describe('the world as it was', () => {
  let nats: NatsServer;
  let connection: Connection;
  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    const signal = AbortSignal.timeout(10_000);
    await new EventLog(connection, 'test').import(storyOf(story), { signal });
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });
  const cli = (...argv: string[]) =>
    ranCli({ env: { NATS_URL: nats.url, NOCODB_BACKUP_DIR: '/none' } }, ...argv);
  const json = async (...argv: string[]): Promise<unknown> => {
    const { code, out } = await cli(...argv, '--json');
    expect(code).toBe(0);
    return JSON.parse(out);
  };

  it.each([
    ['2026-01-01T04:59', []],
    ['2026-01-01T05:01:30Z', [{ id: first, verdict: 'running' }]],
    ['2026-01-01T05:02', [{ id: first, verdict: 'complete', pinned: null }]],
    ['2026-01-01T12:00', [{ id: first, pinned: { by: 'ada' } }]],
    [
      '2026-01-02T12:00',
      [
        { id: second, verdict: 'running' },
        { id: first, verdict: 'complete' },
      ],
    ],
    ['2026-01-03', [{ id: second, verdict: 'running' }]],
  ])('is listed as of %s', async (at, backups) => {
    expect(await json('list', '--at', at)).toMatchObject(backups);
  });

  it('is shown with what had happened by then, and nothing of what came later', async () => {
    expect(await json('show', first, '--at', '2026-01-01T06:00')).toMatchObject({
      verdict: 'complete',
      pinned: null,
      restores: [],
      history: [{}, {}, {}],
    });
    expect(await json('show', first, '--at', '2026-01-02T09:01')).toMatchObject({
      restores: [{ id: restoreId, verdict: 'running' }],
    });
    expect(await json('show', restoreId, '--at', '2026-01-02T09:01')).toMatchObject({ verdict: 'running' });
    const { out, err } = await cli('show', first, '--at', '2026-01-01T07:02');
    expect(out).toContain('2026-01-01 05:00:00 UTC, 2 h 2 min ago');
    expect(err).toBe('As the event log knew it at 2026-01-01 07:02:00 UTC:\n');
  });

  it('does not hold what was not known yet, and is not the future', async () => {
    expect(await cli('show', second, '--at', '2026-01-02T04:59')).toMatchObject({ code: 10, out: '' });
    const ahead = await cli('list', '--at', '2999-01-01');
    expect(ahead).toMatchObject({ code: 2, out: '' });
    expect(ahead.err).toContain('2999-01-01 00:00:00 UTC has not come yet');
    expect((await cli('list', '--at', '42')).code).toBe(2);
  });

  it('is not made up from the backup directory when the log is away', async () => {
    const ran = await ranCli({ env: { NATS_URL: 'nats://127.0.0.1:1' } }, 'list', '--at', '2026-01-02');
    expect(ran).toMatchObject({ code: 1, out: '' });
  });

  it.each([
    [['--backup', first], 5],
    [['--restore', restoreId], 2],
    [['--stream', 'restore'], 2],
    [['--subject', 'evt.backup.*.BackupRequested'], 2],
    [['--type', 'BackupDeleted', '--type', 'BackupPinned'], 2],
    [['--since', '2026-01-02', '--until', '2026-01-02T09:00'], 2],
    [['--from', '2026-01-02', '--to', '6'], 2],
    [['--stream', 'backup', '--type', 'BackupRequested', '--until', '4'], 1],
  ])('is printed event by event with %j', async (filters, count) => {
    const { code, out } = await cli('events', ...filters, '--json');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(count + 1);
  });
});
