import { describe, expect, it } from '@jest/globals';
import { rowDifferences } from './row-differences.js';

const table = (name: string, rows: number, schema = 'public') => ({ schema, name, rows });

describe('rows that were restored', () => {
  it('are right when each table has what it had, in any order', () => {
    const tables = [table('a', 1), table('a', 2, 'base')];
    expect(rowDifferences(tables, tables.toReversed())).toEqual([]);
  });

  it('are wrong when there are fewer, more, no table or one too many', () => {
    const found = [table('a', 1), table('b', 3), table('d', 0)];
    expect(rowDifferences([table('a', 2), table('b', 2), table('c', 0)], found)).toEqual([
      'public.a has 1 rows, not 2',
      'public.b has 3 rows, not 2',
      'public.c is not there',
      'public.d is not in the backup',
    ]);
  });

  it('are not those of a table whose schema and name only look the same together', () => {
    expect(rowDifferences([table('b.c', 1, 'a')], [table('c', 1, 'a.b')])).toHaveLength(2);
  });
});
