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
}

const backup = (day: number, { title = 'Orders', records, sha = 'a', recipients }: Seen) => {
  const backupId = `2026-02-0${day}_05-00-00`;
  const content = { source: 'default', parts: ['export' as const], records: true, attachments: true };
  const table = { tableId: 't1', baseId: 'p1', title, folder: 'f' };
  const other = { tableId: 't2', baseId: 'p2', title: 'Orders', folder: 'g' };
  const attachments = { index: null, files: 1, bytes: 5, missing: [], missingCount: 0 };
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
        }),
  ];
  const folded = foldBackup(
    facts.map((fact, n) => ({
      ...fact,
      sequence: n + 1,
      time: new Date(`2026-02-0${day}T05:00:00Z`),
    })) as BackupFact[],
  );
  if (!folded) throw new Error('no backup');
  return folded;
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
