import { describe, expect, it } from '@jest/globals';
import type { Column, Table } from '@nocodb-backup/nocodb';
import { columnPairs } from './column-pairs.js';

type Options = Readonly<Record<string, string>>;
const column = (id: string, title: string, uidt: string, more: object = {}): Column => ({
  id,
  title,
  uidt,
  ...more,
});
const link = (id: string, title: string, colOptions: Options, uidt = 'LinkToAnotherRecord') =>
  column(id, title, uidt, { colOptions });
const table = (...columns: readonly Column[]): Table => ({ id: 't', title: 'T', columns: [...columns] });
const paired = (stored: Table, target: Table) => {
  const { pairs, unpaired } = columnPairs(stored, target);
  return {
    pairs: Object.fromEntries([...pairs].map(([id, { id: there }]) => [id, there])),
    unpaired: unpaired.map(({ title }) => title),
  };
};

describe('the columns of a table and those of the backup', () => {
  it('belong together by title and type', () => {
    const stored = table(column('a', 'Name', 'SingleLineText'), column('b', 'Price', 'Decimal'));
    const target = table(column('y', 'Price', 'Number'), column('x', 'Name', 'SingleLineText'));
    expect(paired(stored, target)).toEqual({ pairs: { a: 'x' }, unpaired: ['Price'] });
  });

  it('are themselves where the table was never lost, whatever their title is now', () => {
    const stored = table(column('a', 'Name', 'SingleLineText'));
    expect(paired(stored, table(column('a', 'Renamed', 'SingleLineText'))).pairs).toEqual({ a: 'a' });
  });

  it("of NocoDB's own belong together by their role, whatever people call them", () => {
    const stored = table(
      column('a', 'Nr', 'ID', { pk: true }),
      column('b', 'Made', 'CreatedTime', { system: true }),
      column('c', 'CreatedAt', 'CreatedTime', { system: false }),
    );
    const target = table(
      column('x', 'Id', 'ID', { pk: 1 }),
      column('y', 'CreatedAt', 'CreatedTime', { system: 1 }),
    );
    expect(paired(stored, target)).toEqual({ pairs: { a: 'x', b: 'y' }, unpaired: ['CreatedAt'] });
  });

  it('that are foreign keys belong together through their link', () => {
    const ofCustomer = (key: string, to: string) => ({
      type: 'bt',
      fk_related_model_id: to,
      fk_child_column_id: key,
    });
    const stored = table(
      column('k', 'kunden_id', 'ForeignKey'),
      link('l', 'Customer', ofCustomer('k', 't1')),
    );
    const target = table(
      column('k2', 'kunden_id1', 'ForeignKey'),
      column('k3', 'kunden_id', 'ForeignKey'),
      link('l2', 'Customer', ofCustomer('k2', 't2')),
    );
    expect(paired(stored, target)).toEqual({ pairs: { k: 'k2', l: 'l2' }, unpaired: [] });
  });

  it('are without the internal links to junction tables', () => {
    const through = (junction: string, id: string) => [
      link(`${id}1`, '_nc_m2m', { type: 'hm', fk_related_model_id: junction, fk_child_column_id: 'j' }),
      link(
        id,
        'Tags',
        { type: 'mm', fk_related_model_id: 't2', fk_mm_model_id: junction, fk_child_column_id: 'a' },
        'Links',
      ),
    ];
    expect(paired(table(...through('m1', 'l')), table())).toEqual({ pairs: {}, unpaired: ['Tags'] });
    expect(paired(table(...through('m1', 'l')), table(...through('m2', 'x')))).toEqual({
      pairs: { l: 'x' },
      unpaired: [],
    });
  });

  it('that link in another way are not the same', () => {
    const of = (type: string, junction?: string) =>
      link('l', 'Tags', { type, fk_related_model_id: 't', ...(junction && { fk_mm_model_id: junction }) });
    const other = { ...of('oo', 'm'), id: 'x' };
    expect(paired(table(of('oo')), table(other)).unpaired).toEqual(['Tags']);
    expect(paired(table(of('oo', 'n')), table(other)).pairs).toEqual({ l: 'x' });
  });
});
