import type { Table, TableSummary } from '@nocodb-backup/nocodb';

const longest = 63;

/**
 * What the table is called in the database, without the prefix that NocoDB puts there by itself: as in the backup, with a number
 * where that name is taken. NocoDB wants one where the title has a slash, a dot or a backslash.
 */
export const freeTableName = (
  { title, table_name }: Table,
  prefixes: { readonly before: string; readonly now: string },
  present: readonly TableSummary[],
): string => {
  const given = typeof table_name === 'string' && table_name !== '' ? table_name : title;
  const own = without(without(given, prefixes.before), prefixes.now)
    .replace(/[./\\$?]/g, '_')
    .trim();
  const taken = new Set(present.map((table) => without(String(table.table_name), prefixes.now)));
  const limit = longest - prefixes.now.length - 1;
  for (let number = 0; ; number++) {
    const suffix = number === 0 ? '' : `_${number}`;
    const name = `${own.slice(0, limit - suffix.length)}${suffix}`;
    if (!taken.has(name)) return name;
  }
};

const without = (name: string, prefix: string): string =>
  prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length).replace(/^_/, '') : name;
