import { describe, expect, it } from '@jest/globals';
import { freeTableName } from './table-name.js';

const none = { before: '', now: '' };
const name = (
  title: string,
  table_name: string | undefined,
  prefixes = none,
  taken: readonly string[] = [],
) =>
  freeTableName(
    { id: 't', title, table_name, columns: [] },
    prefixes,
    taken.map((one) => ({ id: one, title: one, table_name: one })),
  );

describe('the name of a table in the database', () => {
  it('is that of the backup, with a number where it is taken', () => {
    expect(name('Orders', 'orders')).toBe('orders');
    expect(name('Orders', 'orders', none, ['orders', 'orders_1'])).toBe('orders_2');
  });

  it('has no character that NocoDB refuses, also where only the title is known', () => {
    expect(name('Bills/2024.a\\b', undefined)).toBe('Bills_2024_a_b');
  });

  it('has no prefix of the old base, and is short enough for the new one', () => {
    const prefixes = { before: 'nc_old__', now: 'nc_new__' };
    expect(name('Orders', 'nc_old___orders', prefixes)).toBe('orders');
    expect(name('x'.repeat(70), undefined, prefixes)).toHaveLength(63 - 'nc_new___'.length);
  });
});
