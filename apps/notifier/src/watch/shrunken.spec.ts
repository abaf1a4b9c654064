import { describe, expect, it } from '@jest/globals';
import { type Backup, type BackupFact, foldBackup } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { madeUpFacts } from '@nocodb-backup/testing';
import { foundFact } from './found.harness.js';
import { type Pair, shrunkenConditions } from './shrunken.js';

const [older, newer] = ['2026-11-21_05-00-00', '2026-11-22_05-00-00'];
const time = new Date('2026-11-22T05:00:00Z');
const sha256 = '0'.repeat(64);

const backupOf = (facts: readonly e.Event[]): Backup => {
  const backup = foldBackup(
    facts.map((fact, index) => ({ ...fact, sequence: index + 1, time })) as BackupFact[],
  );
  if (!backup) throw new Error('no backup');
  return backup;
};

const dumped = (id: string, sqlBytes: number): Backup =>
  backupOf(
    madeUpFacts(id).map((fact) =>
      fact.type === 'DumpCompleted' ? { ...fact, data: { ...fact.data, sqlBytes } } : fact,
    ),
  );

const exported = (id: string, records: Readonly<Record<string, number>>): Backup => {
  const [requested, completed, uploaded] = madeUpFacts(id, { parts: ['export'] });
  if (!requested || !completed || !uploaded) throw new Error('no facts');
  const done = { backupId: id, attempt: 'a', warnings: [] };
  const tables = Object.keys(records).map((tableId) => ({
    ...{ tableId, baseId: 'b', title: tableId.toUpperCase(), folder: `bases/b/tables/${tableId}` },
  }));
  const bases = [{ baseId: 'b', title: 'CRM', folder: 'bases/b' }];
  const facts = Object.entries(records).map(([tableId, count]) =>
    e.TableExported({
      ...{ ...done, tableId, records: count, links: 0, seconds: 1 },
      artifacts: [{ path: `bases/b/tables/${tableId}/records.json.gz`, bytes: 1, sha256 }],
      attachments: { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 },
    }),
  );
  const planned = e.ExportPlanned({ ...done, artifacts: [], nocodbVersion: '0.301.3', bases, tables });
  return backupOf([requested, planned, ...facts, completed, uploaded]);
};

const lines = (aspect: Pair['aspect'], before: Backup, newest: Backup, percent = 50) =>
  shrunkenConditions([{ aspect, newest, before }], percent).flatMap((condition) => condition.lines.slice(1));

describe('a backup that holds much less than the one before it', () => {
  it('is told of with each table that lost half of its records, or is gone', () => {
    const before = exported(older, { a: 100, b: 100, c: 40, small: 9 });
    const newest = exported(newer, { a: 50, b: 51 });
    expect(lines('records', before, newest)).toEqual([
      '- table "A" of base "CRM": 50 records, before 100',
      '- table "C" of base "CRM" is gone; it had 40 records',
    ]);
    expect(lines('records', before, newest, 60)).toHaveLength(1);
    expect(lines('records', before, newest, 0)).toEqual([]);
    expect(lines('records', newest, before)).toEqual([]);
  });

  it('is told of with its dump, and each thing is compared with the backup before it that holds it', () => {
    expect(lines('dump', dumped(older, 100_000), dumped(newer, 50_000))).toEqual([
      '- database dump: 50.0 kB, before 100.0 kB',
    ]);
    expect(lines('dump', dumped(older, 100_000), dumped(newer, 51_000))).toEqual([]);
    expect(lines('dump', dumped(older, 9_000), dumped(newer, 0))).toEqual([]);
    const both = shrunkenConditions(
      [
        { aspect: 'dump', before: dumped(older, 100_000), newest: dumped(newer, 1) },
        {
          aspect: 'records',
          before: exported('2026-11-20_05-00-00', { a: 90 }),
          newest: exported(newer, {}),
        },
      ],
      50,
    );
    expect(both).toMatchObject([{ kind: 'shrunken', level: 'warning', backupId: newer }]);
    expect(both[0]?.lines).toHaveLength(4);
    expect(both[0]?.next).toEqual(
      expect.arrayContaining([`nocodb-backup pin ${older}`, 'nocodb-backup inspect 2026-11-20_05-00-00']),
    );
  });

  it('is compared with what was found in the vault, as far as that was counted', () => {
    const attachments = { files: 0, bytes: 0, missing: 0 };
    const table = { baseId: 'b', tableId: 'a', title: 'A', status: 'complete', records: 100, links: 0 };
    const parts = {
      status: 'complete',
      bytes: 1,
      exported: 1,
      failed: 0,
      bases: [{ baseId: 'b', title: 'CRM' }],
    };
    const found = (planned: number, more: object = {}) =>
      backupOf([
        foundFact(older, time, {
          parts: ['export'],
          export: { ...parts, planned, tables: [{ ...table, attachments }] },
          ...more,
        }),
      ]);
    const newest = exported(newer, { other: 1 });
    expect(lines('records', found(1), newest)).toEqual([
      '- table "A" of base "CRM" is gone; it had 100 records',
    ]);
    expect(lines('records', found(1, { format: 'legacy' }), newest)).toEqual([]);
    expect(lines('records', exported(newer, { z: 100 }), found(2))).toEqual([]);
    expect(lines('dump', backupOf([foundFact(older, time)]), dumped(newer, 1))).toEqual([
      '- database dump: 1 B, before 50.0 kB',
    ]);
  });
});
