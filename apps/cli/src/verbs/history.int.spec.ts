import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';

const ids = ['2026-01-01_05-00-00', '2026-01-02_05-00-00', '2026-01-03_05-00-00'] as const;

/** What the services record of an export of the table "Orders". */
const exported = (backupId: string, records: number, hash: string): e.BackupEvent[] => {
  const common = { backupId, attempt: 'a', artifacts: [], warnings: [] };
  const wanted = { parts: ['export' as const], records: true, attachments: true };
  const attachments = { files: 0, bytes: 0, missing: 0 };
  return [
    e.BackupRequested({
      ...{ backupId, source: 'default', ...wanted, trigger: 'schedule', requestedBy: 's' },
      deadline: '2030-01-01T00:00:00Z',
    }),
    e.ExportPlanned({
      ...{ ...common, nocodbVersion: null, bases: [{ baseId: 'p1', title: 'CRM', folder: 'b' }] },
      tables: [{ tableId: 't1', baseId: 'p1', title: 'Orders', folder: 'f' }],
    }),
    e.TableExported({
      ...{ ...common, tableId: 't1', records, links: 0, contentHash: hash.repeat(64), seconds: 1 },
      attachments: { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 },
    }),
    e.ExportCompleted({
      ...{ backupId, tables: { planned: 1, exported: 1, failed: 0 }, records, links: 0 },
      attachments,
    }),
  ];
};

describe('the history of a table in a log that runs', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    log = new EventLog(connection, 'test');
    const facts = [...exported(ids[0], 10, 'a'), ...exported(ids[1], 7, 'b')];
    for (const fact of facts) await log.append(fact);
    await log.append(
      e.BackupDeleted({
        ...{ backupId: ids[0], n: 'n1', destination: 'local', files: 1 },
        bytes: 1,
        warnings: [],
      }),
    );
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });
  const cli = (...argv: string[]) =>
    ranCli({ env: { NATS_URL: nats.url, NOCODB_BACKUP_DIR: '/none' } }, 'history', ...argv);

  it('has also the backups that are deleted, and what comes while services work', async () => {
    const { code, out, err } = await cli('--base', 'CRM', '--table', 'Orders');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/2026-01-01_05-00-00.* 10 .*a{12}.*first seen/);
    expect(out).toMatch(/2026-01-02_05-00-00.* 7 .*b{12}.*SHRUNK -3 records/);
    const [requested, planned, table] = exported(ids[2], 7, 'b') as [
      e.BackupEvent,
      e.BackupEvent,
      e.BackupEvent,
    ];
    for (const fact of [requested, planned]) await log.append(fact);
    const states = async () =>
      (JSON.parse((await cli('--table', 't1', '--json')).out) as { status: string; change: unknown }[]).at(
        -1,
      );
    expect(await states()).toMatchObject({ backupId: ids[2], status: 'awaited', change: null });
    await log.append(table);
    expect(await states()).toMatchObject({ status: 'exported', change: { records: 0, unchanged: true } });
  });

  it('ends with 2 for a table that no export has', async () => {
    const { code, out, err } = await cli('--base', 'CRM', '--table', 'Order');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('no backup of the event log has a table "Order" in a base "CRM"');
  });
});
