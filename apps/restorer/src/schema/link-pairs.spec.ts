import { describe, expect, it } from '@jest/globals';
import type { Table } from '@nocodb-backup/nocodb';
import { linkPairs } from './link-pairs.js';

const link = (title: string, colOptions: object, more: object = {}) => ({
  id: title,
  title,
  uidt: 'LinkToAnotherRecord',
  colOptions: { ...colOptions },
  ...more,
});
const table = (id: string, ...columns: Table['columns']): Table => ({ id, title: id, columns });
const pairs = (...tables: readonly Table[]) =>
  linkPairs(tables).map(({ front, back }) => [front.column.title, back?.column.title]);

describe('the relations between tables', () => {
  const key = { fk_child_column_id: 'k', fk_parent_column_id: 'p' };

  it('are asked for from the side that does not hold the key, whichever table comes first', () => {
    const many = table('a', link('Orders', { type: 'hm', fk_related_model_id: 'b', ...key }));
    const one = table('b', link('Customer', { type: 'bt', fk_related_model_id: 'a', ...key }));
    expect(pairs(one, many)).toEqual([['Orders', 'Customer']]);
    expect(pairs(many, one)).toEqual([['Orders', 'Customer']]);
  });

  it('of one record to one record tell the side with the key by its settings, also as text', () => {
    const front = table('a', link('Pass', { type: 'oo', fk_related_model_id: 'b', ...key }));
    const oo = { type: 'oo', fk_related_model_id: 'a', ...key };
    const back = table('b', link('Holder', oo, { meta: '{"bt":true}' }));
    expect(pairs(back, front)).toEqual([['Pass', 'Holder']]);
  });

  it('of a table with itself are asked for from the side that people see', () => {
    const mm = { type: 'mm', fk_related_model_id: 'a', fk_mm_model_id: 'j' };
    expect(pairs(table('a', link('hidden', mm, { system: true }), link('Friends', mm)))).toEqual([
      ['Friends', 'hidden'],
    ]);
  });

  it('are told apart by their junction tables', () => {
    const through = (title: string, to: string, junction: string) =>
      link(title, { type: 'mm', fk_related_model_id: to, fk_mm_model_id: junction });
    const a = table('a', through('x', 'b', 'j1'), through('y', 'b', 'j2'));
    const b = table('b', through('y2', 'a', 'j2'), through('x2', 'a', 'j1'));
    expect(pairs(a, b)).toEqual([
      ['x', 'x2'],
      ['y', 'y2'],
    ]);
  });

  it('have one side where the backup does not hold the other table', () => {
    const bt = { type: 'bt', fk_related_model_id: 'gone', ...key };
    expect(pairs(table('a', link('Customer', bt)))).toEqual([['Customer', undefined]]);
  });
});
