import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DumpFailed, ExportPlanned, TableExportFailed } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { planFinder } from './plan-finder.js';

const failure = { reason: 'gone', attempts: 1 };
const planned = (backupId: string, title: string) =>
  ExportPlanned({
    backupId,
    attempt: 'a1',
    artifacts: [],
    nocodbVersion: null,
    bases: [{ baseId: 'p1', title: 'CRM', folder: 'bases/CRM' }],
    tables: [{ tableId: 'm1', baseId: 'p1', title, folder: 'bases/CRM/tables/A' }],
    warnings: [],
  });

describe('the plan that names the table of an event', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    log = new EventLog(connection, 'test');
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });

  it('is that of the backup, however many are in the log', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `b${index}`);
    for (const backupId of ids) {
      await log.append(planned(backupId, `Aufträge ${backupId}`));
      await log.append(TableExportFailed({ backupId, tableId: 'm1', failure }));
    }
    const planOf = planFinder(log);
    const titles: unknown[] = [];
    for await (const stored of log.stored('evt.backup.*.TableExportFailed.>'))
      titles.push((await planOf(stored))?.tables[0]?.title);
    expect(titles).toEqual(ids.map((id) => `Aufträge ${id}`));
  });

  it('is none where the log has none that can be read, and for other events', async () => {
    await connection.js.publish('evt.backup.c1.ExportPlanned', 'garbage');
    await log.append(TableExportFailed({ backupId: 'c1', tableId: 'm1', failure }));
    await log.append(DumpFailed({ backupId: 'b1', failure }));
    const planOf = planFinder(log);
    const plans: unknown[] = [];
    for (const filter of ['evt.backup.c1.TableExportFailed.>', 'evt.backup.b1.DumpFailed'])
      for await (const stored of log.stored(filter)) plans.push(await planOf(stored));
    expect(plans).toEqual([undefined, undefined]);
  });
});
