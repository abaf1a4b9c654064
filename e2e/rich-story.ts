import * as e from '@nocodb-backup/events';
import { madeUpFacts, type MadeUpBackup } from '@nocodb-backup/testing';

const DAY_MS = 86_400_000;
/** The story stays the same over midnight. */
const today = Date.now();
const sha256 = '0'.repeat(64);
const failure = { reason: 'connection refused', attempts: 5 };
const by = { requestedBy: 'ada' } as const;

/** The id of a backup made so many days ago. */
export const idOf = (daysAgo: number): string =>
  new Date(today - daysAgo * DAY_MS).toISOString().slice(0, 10) + '_05-15-00';

/** The facts of a backup with an export of two tables that hold so many records each. */
const exported = (backupId: string, records: number): e.Event[] => {
  const parts: e.Part[] = ['dump', 'export'];
  const facts = madeUpFacts(backupId, { parts });
  const done = { backupId, attempt: 'a', warnings: [] };
  const tables = ['orders', 'customers'].map((tableId) => ({
    ...{ tableId, baseId: 'b', title: `Table ${tableId}`, folder: `bases/b/tables/${tableId}` },
  }));
  const bases = [{ baseId: 'b', title: 'CRM', folder: 'bases/b' }];
  const planned = e.ExportPlanned({ ...done, artifacts: [], nocodbVersion: '0.301.3', bases, tables });
  const made = tables.map(({ tableId, folder }) =>
    e.TableExported({
      ...{ ...done, tableId, records, links: 3, seconds: 1 },
      artifacts: [{ path: `${folder}/records.json.gz`, bytes: 100, sha256 }],
      attachments: { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 },
    }),
  );
  return [...facts.slice(0, 1), planned, ...made, ...facts.slice(1)];
};

const overdue = (backupId: string): e.Event =>
  e.BackupRequested({
    ...{
      backupId,
      source: 'default',
      parts: ['dump'],
      records: true,
      attachments: true,
      trigger: 'schedule',
    },
    ...{ requestedBy: 'schedule', deadline: new Date(today - DAY_MS).toISOString() },
  });

const found = (backupId: string): e.Event => {
  const none = { status: 'not requested', bytes: 0 } as const;
  const madeAt = new Date(today - 9 * DAY_MS).toISOString();
  return e.BackupImported({
    ...{ backupId, n: 'i1', destinations: ['s3'], format: '2.0', manifest: null, status: 'complete' },
    ...{ source: 'default', parts: ['dump'], records: true, attachments: true, trigger: 'schedule' },
    ...{ requestedBy: 'schedule', reason: null, files: 2, bytes: 2000 },
    ...{ requestedAt: madeAt, settledAt: madeAt },
    ...{ nocodbVersion: null, postgresVersion: '15.18', failures: [], warnings: ['a warning'] },
    dump: { status: 'complete', bytes: 1000, tables: 1, rows: 1, sqlBytes: 50_000 },
    dataFiles: { ...none, files: 0, tarBytes: 0 },
    export: { ...none, planned: 0, exported: 0, failed: 0, bases: [], tables: [] },
  });
};

/** Days ago: a channel, backups of two sources, one that never ended, one that was found, and one that lost most of its records. */
export const past = (): e.Event[] => [
  e.ChannelOpened({ channel: 'webhook' }),
  found(idOf(9)),
  ...exported(idOf(7), 400),
  ...madeUpFacts(idOf(6), { source: 'other', status: 'failed' }),
  overdue(idOf(5)),
  ...exported(idOf(4), 40),
];

const checks = (backupId: string): e.Event[] => {
  const check = { backupId, kind: 'verify', sample: 'full' } as const;
  const counts = { files: 2, bytes: 2000, tables: 2, rows: 9, seconds: 1 };
  return [
    e.VerificationRequested({ ...check, n: 'v1', ...by, trigger: 'manual' }),
    e.VerificationFailed({ backupId, kind: 'verify', n: 'v1', findings: ['database.sql.gz has changed'] }),
    e.VerificationRequested({ ...check, n: 'v2', ...by, trigger: 'manual' }),
    e.Verified({ ...check, n: 'v2', destinations: ['local'], ...counts, warnings: [] }),
  ];
};

const keeping = (backupId: string): e.Event[] => {
  const deleted = { backupId, files: 2, bytes: 2000, warnings: [] };
  return [
    e.BackupPinned({ backupId, n: 'p1', by: 'ada', reason: 'before the audit' }),
    e.BackupDeleted({ ...deleted, n: 'd1', destination: 'local' }),
    e.Downloaded({ backupId, n: 'w1', files: 2, bytes: 2000, seconds: 1 }),
    e.BackupUnpinned({ backupId, n: 'p2', by: 'ada' }),
    e.DeletionFailed({ backupId, n: 'd2', destination: 's3', failure }),
  ];
};

const restored = (restoreId: string, backupId: string): e.Event[] => [
  e.RestoreRequested({
    ...{ restoreId, backupId, source: 'default', kind: 'records', scope: {}, options: {} },
    ...{ planOnly: false, ...by },
  }),
  e.RestorePlanned({ restoreId, steps: [], warnings: [] }),
  e.RestoreStepCompleted({
    ...{ restoreId, key: 'orders', target: null, counts: { records: 12 }, warnings: [], seconds: 1 },
    leftOut: [{ what: 'links of "Orders"', reason: 'the table is gone', count: 2, examples: ['1', '2'] }],
  }),
  e.RestoreCompleted({ restoreId, counts: { records: 12 }, leftOutCount: 2, warnings: [], next: [] }),
];

/** The id of the one restore. */
export const restoreId = idOf(1).replace('05-15', '09-00');

/** Today: backups of every sort, and all that may happen to one. */
export const present = (): e.Event[] => {
  const both: MadeUpBackup = { destinations: ['local', 's3'] };
  return [
    ...madeUpFacts(idOf(3), { ...both, status: 'partial' }),
    ...madeUpFacts(idOf(2), both),
    ...checks(idOf(2)),
    ...keeping(idOf(2)),
    ...restored(restoreId, idOf(7)),
    e.VerificationFailed({ backupId: idOf(4), kind: 'drill', n: 'v3', findings: ['a table is cut short'] }),
    ...madeUpFacts(idOf(1), { status: 'failed' }),
    e.BackupDeleted({ backupId: idOf(9), n: 'd1', destination: 's3', files: 2, bytes: 2000, warnings: [] }),
    ...exported(idOf(0), 41),
    ...madeUpFacts(idOf(-1), { status: 'running', source: 'other' }),
  ];
};
