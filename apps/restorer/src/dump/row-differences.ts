import type { TableRows } from '@nocodb-backup/postgres';

const keyOf = ({ schema, name }: TableRows): string => JSON.stringify([schema, name]);

/** Where the rows that are there are not those that should be, a phrase for each table. */
export const rowDifferences = (expected: readonly TableRows[], found: readonly TableRows[]): string[] => {
  const counts = new Map(found.map((table) => [keyOf(table), table.rows]));
  const known = new Set(expected.map(keyOf));
  return [
    ...expected.flatMap((table) => {
      const rows = counts.get(keyOf(table));
      if (rows === table.rows) return [];
      const difference = rows === undefined ? 'is not there' : `has ${rows} rows, not ${table.rows}`;
      return [`${table.schema}.${table.name} ${difference}`];
    }),
    ...found
      .filter((table) => !known.has(keyOf(table)))
      .map(({ schema, name }) => `${schema}.${name} is not in the backup`),
  ];
};
