import { describe, expect, it } from '@jest/globals';
import type { Column } from '@nocodb-backup/nocodb';
import { linkDuties, type LinkedTable } from './link-duties.js';

const link = (id: string, colOptions: object): Column => ({
  ...{ id, title: id, uidt: 'Links' },
  colOptions: { type: 'mm', fk_related_model_id: 'x', ...colOptions },
});
const table = (id: string, records: number, columns: readonly Column[]) =>
  ({
    stored: { entry: { id, records }, paths: { links: 'l' } },
    from: { id, title: id, columns: [...columns] },
  }) as unknown as LinkedTable;
const duties = (...tables: readonly LinkedTable[]) =>
  Object.fromEntries(
    [...linkDuties(tables)].map(([id, columns]) => [id, columns.map((column) => column.id)]),
  );

describe('links that two tables list', () => {
  it('are put back once, by the table with fewer records', () => {
    const [one, other] = [link('a', { fk_mm_model_id: 'j' }), link('b', { fk_mm_model_id: 'j' })];
    expect(duties(table('big', 100, [one]), table('small', 3, [other]))).toEqual({ small: ['b'] });
    expect(duties(table('first', 3, [one]), table('second', 3, [other]))).toEqual({ first: ['a'] });
  });

  it('as a foreign key are one thing, too', () => {
    const [many, single] = [
      link('hm', { type: 'hm', fk_child_column_id: 'fk' }),
      link('bt', { type: 'bt', fk_child_column_id: 'fk' }),
    ];
    expect(duties(table('customers', 9, [many]), table('orders', 5, [single]))).toEqual({ orders: ['bt'] });
  });

  it('of a table with itself are put back by one of its columns', () => {
    const both = [link('a', { fk_mm_model_id: 'j' }), link('b', { fk_mm_model_id: 'j' })];
    expect(duties(table('people', 9, both))).toEqual({ people: ['a'] });
  });
});
