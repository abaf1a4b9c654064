import * as e from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import type { ReadModel } from './model/read-model.js';

const DAY_MS = 86_400_000;
const sha256 = '0'.repeat(64);
const failure = { reason: 'connection refused', attempts: 5 };

/** The id of the backup of a day. */
export const idOf = (day: number): string =>
  new Date(Date.UTC(2026, 0, 1, 5, 15) + day * DAY_MS)
    .toISOString()
    .slice(0, 19)
    .replace('T', '_')
    .replaceAll(':', '-');

const at = (day: number) => ({ backupId: idOf(day), attempt: 'a', warnings: [] });
const failingOn = (day: number) => (day % 3 === 0 ? 't1' : undefined);

const requested = (day: number) =>
  e.BackupRequested({
    backupId: idOf(day),
    source: 'default',
    parts: ['dump', 'export'],
    records: true,
    attachments: true,
    trigger: 'schedule',
    requestedBy: 'schedule',
    deadline: '2030-01-01T00:00:00Z',
  });

const dumped = (day: number) =>
  e.DumpCompleted({
    ...at(day),
    seconds: 1,
    artifacts: [{ path: 'database.sql.gz', bytes: 1000, sha256 }],
    serverVersion: '15.18',
    clientVersion: '15.18',
    sqlBytes: 1,
    tables: 1,
    rows: 1,
    collation: { provider: 'libc', collate: 'C', ctype: 'C', version: null },
  });

const plannedTables = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    tableId: `t${index}`,
    baseId: `b${index % 2}`,
    title: `Table ${index}`,
    folder: `bases/b${index % 2}/tables/t${index}`,
  }));

const planned = (day: number, tables: number) =>
  e.ExportPlanned({
    ...at(day),
    artifacts: [],
    nocodbVersion: '0.301.3',
    bases: ['b0', 'b1'].map((baseId) => ({ baseId, title: `Base ${baseId}`, folder: `bases/${baseId}` })),
    tables: plannedTables(tables),
  });

const tableFact = (day: number, index: number): e.BackupEvent =>
  failingOn(day) === `t${index}`
    ? e.TableExportFailed({ backupId: idOf(day), tableId: `t${index}`, failure })
    : e.TableExported({
        ...at(day),
        tableId: `t${index}`,
        artifacts: [{ path: `bases/t${index}/records.json.gz`, bytes: 100 + day, sha256 }],
        records: 10 * day + index,
        links: index,
        attachments: { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 },
        seconds: 1.5,
      });

/** The facts of a backup with tables, one of which fails every third day. */
export const exported = (day: number, tables = 4): e.BackupEvent[] => {
  const backupId = idOf(day);
  const lost = failingOn(day) === undefined ? 0 : 1;
  const totals = { planned: tables, exported: tables - lost, failed: lost };
  const attachments = { files: 0, bytes: 0, missing: 0 };
  const status = lost > 0 ? 'partial' : 'complete';
  const manifest = { path: 'manifest.json', bytes: 10, sha256 };
  return [
    requested(day),
    planned(day, tables),
    dumped(day),
    ...plannedTables(tables).map((_, index) => tableFact(day, index)),
    e.ExportCompleted({ backupId, tables: totals, records: 1, links: 1, attachments }),
    e.Uploaded({ backupId, manifest, status, destinations: ['local'], files: 2, bytes: 2000 }),
  ];
};

const checked = (day: number): e.Event[] => {
  const backupId = idOf(day);
  const check = { backupId, n: 'v1', kind: 'verify', sample: 'full' } as const;
  const counts = { files: 2, bytes: 2000, tables: 4, rows: 9, seconds: 1 };
  const findings = ['database.sql.gz has changed'];
  return [
    e.VerificationRequested({ ...check, requestedBy: 'ada', trigger: 'manual' }),
    day % 2 === 0
      ? e.Verified({ ...check, destinations: ['local'], ...counts, warnings: [] })
      : e.VerificationFailed({ backupId, n: 'v1', kind: 'verify', findings }),
  ];
};

const restored = (day: number): e.Event[] => {
  const restoreId = idOf(day + 0.5);
  const what = { backupId: idOf(day), source: 'default', kind: 'dump', scope: {}, options: {} } as const;
  return [
    e.RestoreRequested({ restoreId, ...what, planOnly: false, requestedBy: 'ada' }),
    e.RestoreCompleted({ restoreId, counts: { rows: 9 }, leftOutCount: 0, warnings: [], next: [] }),
  ];
};

const told = (day: number): e.Event[] => {
  const alert = { alertId: `a${day}`, kind: 'overdue', source: 'default', title: 'overdue' } as const;
  const since = '2026-01-01T00:00:00Z';
  const about = `evt.backup.${idOf(day)}.Uploaded`;
  return [
    e.NotificationFailed({ eventId: `e${day}`, channel: 'slack', about, failure }),
    e.AlertRaised({ ...alert, level: 'error', lines: [], next: [], since }),
    e.AlertCleared({ ...alert, since }),
  ];
};

/** What else happens to a backup and around it: a check, a pin, a restore, a message, an alert, a deletion. */
export const aftermath = (day: number): e.Event[] => {
  const backupId = idOf(day);
  const deleted = { backupId, n: 'd1', destination: 'local', files: 2, bytes: 2000, warnings: [] } as const;
  return [
    ...checked(day),
    e.BackupPinned({ backupId, n: 'p1', by: 'ada' }),
    ...restored(day),
    ...told(day),
    ...(day % 4 === 0 ? [e.BackupDeleted({ ...deleted, warnings: [] })] : []),
  ];
};

/** Backups of some days, what became of each told while the next ones are made. */
export const story = (from: number, to: number): e.Event[] =>
  Array.from({ length: to - from }, (_, index) => index + from).flatMap((day) => {
    const facts: e.Event[] = exported(day);
    return day >= from + 2 ? [...facts.slice(0, 4), ...aftermath(day - 2), ...facts.slice(4)] : facts;
  });

/** Appends facts, in order. */
export const append = async (log: EventLog, facts: readonly e.Event[]): Promise<void> => {
  for (const fact of facts) await log.append(fact);
};

/** All that the tables hold. */
export const dumpOf = async (model: ReadModel): Promise<string> =>
  (await Array.fromAsync(model.dump())).join('\n');
