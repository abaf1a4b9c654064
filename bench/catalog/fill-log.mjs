import { randomUUID } from 'node:crypto';
import { connect, EventLog, provision } from '@nocodb-backup/messaging';
import * as e from '@nocodb-backup/events';

const DAY_MS = 86_400_000;
const sha256 = '0'.repeat(64);
const WINDOW = 1000;

const idOf = (day) =>
  new Date(Date.UTC(2019, 0, 1) + day * DAY_MS)
    .toISOString()
    .slice(0, 19)
    .replace('T', '_')
    .replaceAll(':', '-');

/** The facts of a daily backup in the directory and the bucket; the one of thirty days before leaves the directory. */
const factsOf = (day, tableCount) => {
  const backupId = idOf(day);
  const at = { backupId, attempt: 'a', warnings: [] };
  const tables = Array.from({ length: tableCount }, (_, index) => ({
    tableId: `md_table${index}`,
    baseId: `p_base${index % 7}`,
    title: `Table ${index}`,
    folder: `bases/base ${index % 7}/tables/table ${index}`,
  }));
  const attachments = { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 };
  const artifact = (path, bytes) => ({ path, bytes, sha256 });
  const upload = { backupId, destination: 's3', files: 1, bytes: 1000, seconds: 1 };
  const old = { backupId: idOf(day - 30), destination: 'local' };
  const policy = {
    count: 30,
    days: 0,
    daily: 0,
    weekly: 0,
    monthly: 0,
    yearly: 0,
    incompleteDays: 7,
    zone: 'UTC',
  };
  return [
    e.BackupRequested({
      backupId,
      source: 'default',
      parts: ['dump', 'files', 'export'],
      records: true,
      attachments: true,
      trigger: 'schedule',
      requestedBy: 'schedule',
      deadline: '2030-01-01T00:00:00Z',
    }),
    e.DumpCompleted({
      ...at,
      seconds: 1,
      artifacts: [artifact('database.sql.gz', 1000 + day)],
      serverVersion: '15',
      clientVersion: '15',
      sqlBytes: 1,
      tables: 1,
      rows: 1,
      collation: { provider: 'c', collate: 'C', ctype: 'C', version: null },
    }),
    e.FilesArchived({
      ...at,
      seconds: 1,
      artifacts: [artifact('nocodb-data.tar.gz', 1000 + day)],
      files: 1,
      tarBytes: 1,
    }),
    e.ExportPlanned({
      ...at,
      artifacts: [],
      nocodbVersion: '0.301.3',
      bases: Array.from({ length: 7 }, (_, index) => ({
        baseId: `p_base${index}`,
        title: `Base ${index}`,
        folder: `bases/base ${index}`,
      })),
      tables,
    }),
    ...tables.map((table) =>
      e.TableExportRequested({ backupId, ...table, records: true, attachments: true }),
    ),
    ...tables.map(({ tableId, folder }, index) =>
      e.TableExported({
        ...at,
        seconds: 1,
        tableId,
        artifacts: ['schema.json', 'records.json.gz', 'links.json.gz', 'order.json.gz'].map((file) =>
          artifact(`${folder}/${file}`, 5000 + index),
        ),
        records: day * 10 + index,
        links: 5,
        attachments,
      }),
    ),
    e.ExportCompleted({
      backupId,
      tables: { planned: tableCount, exported: tableCount, failed: 0 },
      records: 1000,
      links: 10,
      attachments: { files: 0, bytes: 0, missing: 0 },
    }),
    ...['dump', 'files', 'plan', ...tables.map(({ tableId }) => tableId), 'manifest'].map((key) =>
      e.PartUploaded({ ...upload, key }),
    ),
    e.Uploaded({
      backupId,
      manifest: artifact('manifest.json', 1000),
      status: 'complete',
      destinations: ['local', 's3'],
      files: 100,
      bytes: 100_000,
    }),
    ...(day < 30
      ? []
      : [
          e.BackupExpired({ ...old, reasons: ['no rule keeps it'], policy }),
          e.BackupDeleted({ ...old, n: 'local', files: 1, bytes: 1, warnings: [] }),
        ]),
  ];
};

const envelopeOf = ({ type, version, subject, data }, time) => ({
  specversion: '1.0',
  id: randomUUID(),
  source: 'bench',
  type,
  subject: subject.split('.')[2],
  time,
  datacontenttype: 'application/json',
  dataschema: `urn:nocodb-backup:event:${type}:${version}`,
  correlationid: subject.split('.')[2],
  data,
});

/** Fills a log with as many backups; a thousand events are on their way at a time, and all are confirmed in the end. Answers how many. */
export const fillLog = async (url, { backups, tables }, { say, signal }) => {
  const connection = await connect({ servers: url, name: 'bench' });
  try {
    await provision(connection, []);
    let sent = [];
    for (let day = 0; day < backups; day++) {
      signal.throwIfAborted();
      for (const fact of factsOf(day, tables)) {
        const payload = JSON.stringify(envelopeOf(fact, new Date().toISOString()));
        sent.push(connection.js.publish(fact.subject, payload, { timeout: 60_000 }));
        if (sent.length < WINDOW) continue;
        await Promise.all(sent);
        sent = [];
      }
      if (day % 250 === 0) say(`${day} of ${backups} backups are in the log`);
    }
    await Promise.all(sent);
    return (await new EventLog(connection, 'bench').info()).lastSequence;
  } finally {
    await connection.close();
  }
};
