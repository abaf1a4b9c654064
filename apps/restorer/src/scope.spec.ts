import { describe, expect, it } from '@jest/globals';
import type { StoredBackup, StoredBase } from '@nocodb-backup/vault';
import { tablesInScope, wantedBases } from './scope.js';

const base = (id: string, title: string, tables: readonly string[]) =>
  ({
    id,
    title,
    tables: tables.map((name) => ({ entry: { id: `${id}-${name}`, title: name } })),
  }) as unknown as StoredBase;
const backupOf = (bases: readonly StoredBase[]) =>
  ({ id: '2026-02-05_05-15-00', bases }) as unknown as StoredBackup;
const backup = backupOf([
  base('b1', 'CRM', ['Orders', 'Customers']),
  base('b2', 'CRM', ['Orders']),
  base('b3', 'Team', ['Tasks']),
]);
const idsOf = (scope: object) => tablesInScope(backup, scope).map(({ entry }) => entry.id);

describe('what a restore is about', () => {
  it('is everything without a name, else what is named by title or id', () => {
    expect(idsOf({})).toEqual(['b1-Orders', 'b1-Customers', 'b2-Orders', 'b3-Tasks']);
    expect(idsOf({ base: 'Team' })).toEqual(['b3-Tasks']);
    expect(idsOf({ base: 'b1', table: 'Customers' })).toEqual(['b1-Customers']);
    expect(idsOf({ table: 'b2-Orders' })).toEqual(['b2-Orders']);
    expect(wantedBases(backup, { table: 'Customers' }).map(({ base: { id } }) => id)).toEqual(['b1']);
  });

  it('is refused where two bases have the title, naming their ids', () => {
    expect(() => idsOf({ base: 'CRM' })).toThrow(/2 bases with the title "CRM".*b1 \(2 tables\) or b2/);
  });

  it('is refused where there is no such thing, naming what there is', () => {
    expect(() => idsOf({ base: 'Crm' })).toThrow(/no base "Crm".*"CRM" \(b1\), "CRM" \(b2\), "Team" \(b3\)/);
    expect(() => idsOf({ base: 'Team', table: 'Orders' })).toThrow(/no table "Orders".*"Tasks"/);
    expect(() => wantedBases(backupOf([]), {})).toThrow(/holds no bases/);
  });
});
