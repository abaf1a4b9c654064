import { describe, expect, it } from '@jest/globals';
import type { Column } from '@nocodb-backup/nocodb';
import { computedBody, formulaOf, inDependencyOrder, needsOf } from './computed.js';

const column = (uidt: string, colOptions: object): Column => ({
  id: 'c',
  title: 'C',
  uidt,
  colOptions: { ...colOptions },
});

describe('computed columns', () => {
  const order = (needs: Readonly<Record<string, readonly string[]>>) =>
    inDependencyOrder(
      Object.keys(needs),
      (one) => one,
      (one) => needs[one] ?? [],
    );

  it('come after what they are worked out from: a formula over a rollup over a formula', () => {
    expect(order({ top: ['sum'], sum: ['link', 'base'], base: ['name'] })).toEqual({
      ordered: ['base', 'sum', 'top'],
      stuck: [],
    });
  });

  it('that need each other in a circle are told, and the others are made', () => {
    expect(order({ a: ['b'], b: ['a'], c: [], d: ['a'] })).toEqual({
      ordered: ['c'],
      stuck: ['a', 'b', 'd'],
    });
  });

  it('name what they need by id, in one or two pairs of braces', () => {
    expect(needsOf(column('Lookup', { fk_relation_column_id: 'r', fk_lookup_column_id: 'l' }))).toEqual([
      'r',
      'l',
    ]);
    expect(needsOf(column('Formula', { formula: '{{cabcdefghij1}} + {cabcdefghij2}' }))).toEqual([
      'cabcdefghij1',
      'cabcdefghij2',
    ]);
  });

  it('are never asked for with an id that is not known: that can end NocoDB', () => {
    const lookup = column('Lookup', { fk_relation_column_id: 'r', fk_lookup_column_id: 'l' });
    const known = (ids: Readonly<Record<string, string>>) =>
      computedBody(
        lookup,
        (id) => ids[String(id)],
        () => undefined,
      );
    expect(known({ r: 'R' })).toBeUndefined();
    expect(known({ r: 'R', l: 'L' })).toMatchObject({ fk_relation_column_id: 'R', fk_lookup_column_id: 'L' });
  });

  it('keep their formula as people wrote it, or get it from the ids where a title in it is gone', () => {
    const siblings = [{ id: 'cabcdefghij1', title: 'Price', uidt: 'Number' }];
    const formula = (raw: string) =>
      column('Formula', { formula_raw: raw, formula: '({{cabcdefghij1}} * 2)' });
    expect(formulaOf(formula('{Price}*2'), siblings)).toBe('{Price}*2');
    expect(formulaOf(formula('{Old}*2'), siblings)).toBe('({Price} * 2)');
  });

  it('are taken as written where braces stand in a text of the formula', () => {
    const siblings = [{ ...column('Number', {}), id: 'cprice00000', title: 'Price "net"' }];
    const raw = `CONCAT("{none} \\" {none}", 'it\\'s {none}', {Price "net"})`;
    const formula = column('Formula', { formula_raw: raw, formula: 'CONCAT("...", {{cprice00000}})' });
    expect(formulaOf(formula, siblings)).toBe(raw);
  });
});
