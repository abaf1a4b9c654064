import { describe, expect, it } from '@jest/globals';
import { type BackupFact, foldBackup } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import pico from 'picocolors';
import { historyTable } from '../views/history-table.js';
import { tableHistory } from './table-history.js';

interface Seen {
  readonly title?: string;
  readonly records?: number;
  readonly sha?: string;
  readonly recipients?: string[];
  /** Of the content, not of the stored files. */
  readonly hash?: string;
  readonly files?: number;
  /** What was wanted of the tables, where that is not all. */
  readonly wanted?: { readonly records: boolean; readonly attachments: boolean };
}

const folded = (day: number, facts: readonly e.BackupEvent[]) => {
  const time = new Date(`2026-02-0${day}T05:00:00Z`);
  const backup = foldBackup(facts.map((fact, n): BackupFact => ({ ...fact, sequence: n + 1, time })));
  if (!backup) throw new Error('no backup');
  return backup;
};

const backup = (day: number, seen: Seen) => {
  const { title = 'Orders', records, sha = 'a', recipients, hash, files = 1 } = seen;
  const { wanted = { records: true, attachments: true } } = seen;
  const backupId = `2026-02-0${day}_05-00-00`;
  const content = { source: 'default', parts: ['export' as const], ...wanted };
  const table = { tableId: 't1', baseId: 'p1', title, folder: 'f' };
  const other = { tableId: 't2', baseId: 'p2', title: 'Orders', folder: 'g' };
  const attachments = { index: null, files, bytes: 5, missing: [], missingCount: 0 };
  const artifacts = [{ path: 'f/records.json.gz', bytes: 100, sha256: sha.repeat(64) }];
  const common = { backupId, attempt: 'a', warnings: [] };
  const facts: e.BackupEvent[] = [
    e.BackupRequested({
      backupId,
      ...content,
      trigger: 'schedule',
      requestedBy: 's',
      deadline: '2030-01-01T00:00:00Z',
    }),
    e.ExportPlanned({
      ...{ ...common, artifacts: [], nocodbVersion: null, tables: [table, other] },
      bases: [
        { baseId: 'p1', title: 'CRM', folder: 'b' },
        { baseId: 'p2', title: 'Shop', folder: 'c' },
      ],
    }),
    records === undefined
      ? e.TableExportFailed({ backupId, tableId: 't1', failure: { reason: 'x', attempts: 1 } })
      : e.TableExported({
          ...common,
          tableId: 't1',
          artifacts,
          records,
          links: 2,
          attachments,
          seconds: 1,
          recipients,
          contentHash: hash?.repeat(64),
        }),
  ];
  return folded(day, facts);
};

const importedOn = (
  day: number,
  table: { readonly records: number; readonly contentHash?: string },
  format: '2.0' | 'legacy' = '2.0',
) => {
  const part = { status: 'complete', bytes: 1 } as const;
  const at = `2026-02-0${day}T05:00:00.000Z`;
  const content = { records: true, attachments: true, parts: ['export' as const], files: 1, bytes: 1 };
  const attachments = { files: 1, bytes: 5, missing: 0 };
  const figures = { status: 'complete', links: 2, attachments, ...table } as const;
  return folded(day, [
    e.BackupImported({
      ...{ backupId: `2026-02-0${day}_05-00-00`, n: 'i1', destinations: ['local'], format, manifest: null },
      ...{ status: 'complete', source: 'default', ...content, trigger: 'schedule', requestedBy: 's' },
      ...{ reason: null, requestedAt: at, settledAt: at, nocodbVersion: null, postgresVersion: null },
      dump: { ...part, tables: 0, rows: 0, sqlBytes: 0 },
      dataFiles: { ...part, files: 0, tarBytes: 0 },
      export: {
        ...{ ...part, planned: 1, exported: 1, failed: 0, bases: [{ baseId: 'p1', title: 'CRM' }] },
        tables: [{ baseId: 'p1', tableId: 't1', title: 'Orders', ...figures }],
      },
      ...{ failures: [], warnings: [] },
    }),
  ]);
};

const backups = [
  backup(3, { records: 7, sha: 'b' }),
  backup(1, { records: 10 }),
  backup(2, { records: 10 }),
  backup(4, {}),
  backup(5, { records: 9, sha: 'c', title: 'Old orders' }),
  backup(6, { records: 9, recipients: ['age1x'] }),
];

describe('the history of a table', () => {
  it('says of each backup what changed since the table was exported last', () => {
    const states = tableHistory(backups, { base: 'CRM', table: 'Orders' });
    expect(
      states.map(({ records, status, change }) => [records, status, change?.records, change?.unchanged]),
    ).toEqual([
      [10, 'exported', undefined, undefined],
      [10, 'exported', 0, true],
      [7, 'exported', -3, false],
      [null, 'failed', undefined, undefined],
      [9, 'exported', 2, false],
      [9, 'exported', 0, null],
    ]);
    expect(states[0]).toMatchObject({ bytes: 105, links: 2, attachments: 1, base: 'CRM' });
    expect(states.at(-1)?.contentHash).toBeNull();
  });

  it('tells by the hash of the content, however it is stored, signed anew or encrypted', () => {
    const seen = [
      { records: 5, hash: '1', sha: 'a' },
      { records: 5, hash: '1', sha: 'b' },
      { records: 5, hash: '1', sha: 'c', recipients: ['age1x'] },
      { records: 5, hash: '2', sha: 'c', recipients: ['age1x'] },
      { records: 5, hash: '2', sha: 'c', files: 0 },
    ];
    const states = tableHistory(
      seen.map((one, n) => backup(n + 1, one)),
      { table: 't1' },
    );
    expect(states.map(({ change }) => change?.unchanged)).toEqual([undefined, true, true, false, false]);
    expect(states.map(({ contentHash }) => contentHash?.[0])).toEqual(['1', '1', '1', '2', '2']);
  });

  it('compares stored files where one side has no hash; where files are attached these may differ all the same', () => {
    const unchanged = (...seen: Seen[]) =>
      tableHistory(
        seen.map((one, n) => backup(n + 1, { records: 5, ...one })),
        { table: 't1' },
      ).map(({ change }) => change?.unchanged)[1];
    expect(unchanged({ sha: 'a' }, { sha: 'a', hash: '1' })).toBe(true);
    expect(unchanged({ sha: 'a' }, { sha: 'b', hash: '1' })).toBeNull();
    expect(unchanged({ sha: 'a', files: 0 }, { sha: 'b', hash: '1', files: 0 })).toBe(false);
  });

  it('never says that shrank what was not wanted', () => {
    const all = { records: true, attachments: true };
    const wanted = [all, { records: false, attachments: false }, { records: true, attachments: false }, all];
    const states = tableHistory(
      wanted.map((one, n) =>
        backup(n + 1, {
          wanted: one,
          records: one.records ? 5 : 0,
          files: one.attachments ? 2 : 0,
          hash: '1',
        }),
      ),
      { table: 't1' },
    );
    expect(
      states.map(({ records, attachments, change }) => [records, attachments, change?.unchanged]),
    ).toEqual([
      [5, 2, undefined],
      [5, null, true],
      [5, 2, true],
    ]);
  });

  it('goes on with what the manifest of an imported backup tells', () => {
    const imported = importedOn(2, { records: 9, contentHash: '1'.repeat(64) });
    const states = tableHistory([imported, backup(1, { records: 10, hash: '1' })], {
      base: 'CRM',
      table: 'Orders',
    });
    expect(states[1]).toMatchObject({ records: 9, bytes: null, change: { records: -1, unchanged: false } });
    const same = importedOn(2, { records: 10, contentHash: '1'.repeat(64) });
    expect(tableHistory([same, backup(1, { records: 10, hash: '1' })], { table: 't1' })[1]).toMatchObject({
      contentHash: '1'.repeat(64),
      change: { unchanged: true },
    });
  });

  it('says nothing of what the Python tool made, which counted nothing', () => {
    expect(tableHistory([importedOn(2, { records: 0 }, 'legacy')], { table: 't1' })).toEqual([]);
  });

  it('follows a table that was renamed, by each title and by its id', () => {
    const all = tableHistory(backups, { table: 't1' });
    expect(tableHistory(backups, { table: 'Old orders' })).toEqual(all);
    expect(all).toHaveLength(6);
  });

  it('keeps to the base, and finds nothing where there is nothing', () => {
    expect(tableHistory(backups, { table: 'Orders' })).toHaveLength(12);
    expect(
      tableHistory(backups, { base: 'p2', table: 'Orders' }).every(({ tableId }) => tableId === 't2'),
    ).toBe(true);
    expect(tableHistory(backups, { table: 'none' })).toEqual([]);
  });

  it('is a table that marks what shrank', () => {
    const text = historyTable(
      tableHistory(backups, { base: 'CRM', table: 'Orders' }),
      pico.createColors(false),
    );
    for (const part of [
      'first seen',
      'unchanged',
      'SHRUNK -3 records',
      'failed',
      '+2 records',
      'same counts',
    ])
      expect(text).toContain(part);
  });
});
