import { PermanentError } from '@nocodb-backup/events';
import { type Column, type NocoDb, StoredDefinition, type Table } from '@nocodb-backup/nocodb';
import type { StoredTable } from '@nocodb-backup/vault';
import { columnPairs } from '../mapping/column-pairs.js';
import { isWritable } from './cell-value.js';

/** A table of the backup, and the one of the target that its records go into. */
export interface TablePair {
  readonly stored: StoredTable;
  /** As it was when the backup was made. */
  readonly from: Table;
  /** As it is on the target. */
  readonly to: Table;
  /** The target's column by the id of the stored one. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** How people know the table: `"Orders" of base "CRM"`. */
export const nameOfTable = ({ entry, base }: StoredTable): string =>
  `"${entry.title}" of base "${base.title}"`;

/** Reads both definitions and finds out which column is which. */
export const tablePair = async (
  api: NocoDb,
  { stored, tableId }: { readonly stored: StoredTable; readonly tableId: string },
  signal: AbortSignal,
): Promise<TablePair> => {
  const from = await storedTable(stored);
  const to = await api.table(tableId, signal);
  return { stored, from, to, columns: columnPairs(from, to).pairs };
};

/** The table as the backup describes it. Rejects with PermanentError when its description cannot be used. */
export const storedTable = async (stored: StoredTable): Promise<Table> => {
  const definition = StoredDefinition.safeParse(await stored.definition());
  if (definition.success) return definition.data.table;
  throw new PermanentError(
    `the definition of ${nameOfTable(stored)} in the backup (${stored.paths.schema ?? 'schema.json'}) cannot be used`,
  );
};

/** The column whose value is the record's id; undefined when there is none, or several together. */
export const keyOf = ({ columns }: Table): Column | undefined => {
  const keys = columns.filter(({ pk }) => Boolean(pk));
  return keys.length === 1 ? keys[0] : undefined;
};

/** NocoDB's own column for the order in which people see the records. */
export const orderOf = ({ columns }: Table): Column | undefined =>
  columns.find(({ uidt }) => uidt === 'Order');

export interface WritableColumns {
  readonly pairs: readonly (readonly [from: Column, to: Column])[];
  /** Columns of the backup whose values have no place on the target. */
  readonly without: readonly Column[];
}

/** Where the cells go: a column of the same title takes them although its type is another one now; NocoDB says what it cannot hold. */
export const writableColumns = ({ from, to, columns }: TablePair): WritableColumns => {
  const pairs: (readonly [Column, Column])[] = [];
  const without: Column[] = [];
  for (const column of from.columns.filter(isWritable)) {
    const place = columns.get(column.id) ?? to.columns.find(({ title }) => title === column.title);
    if (place && isWritable(place)) pairs.push([column, place]);
    else without.push(column);
  }
  return { pairs, without };
};
