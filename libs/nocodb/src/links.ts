import { columnsOf } from './columns.js';
import type { Reading } from './cursor.js';
import { type Column, LinkOptions, type Row, type Table } from './schemas.js';

/** Where the links of one column lie: rows of a table, each of them one link. */
export interface LinkReading {
  readonly column: Column;
  readonly reading: Reading;
  /** The column that holds the id of the record of the link column's own table. */
  readonly from: Column;
  /** The column that holds the id of the record that is linked. */
  readonly to: Column;
}

export interface LinkPair {
  readonly column: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** The table whose rows are the links of `column` of `table`: a junction table, the other table, or its own. */
export const linkTableId = (column: Column, table: Table): string => {
  const options = LinkOptions.parse(column.colOptions);
  if (typeof options.fk_mm_model_id === 'string') return options.fk_mm_model_id;
  return pointsFromOwn(column, options) ? table.id : options.fk_related_model_id;
};

/** How to read all links of `column`, given the table that holds them; undefined when its rows cannot be told apart. */
export const linkReading = (column: Column, table: Table, rows: Table): LinkReading | undefined => {
  const options = LinkOptions.parse(column.colOptions);
  const name = `the links "${column.title}" of "${table.title}"`;
  const find = (id: string | null | undefined) => rows.columns.find((candidate) => candidate.id === id);
  if (typeof options.fk_mm_model_id === 'string') {
    const from = find(options.fk_mm_child_column_id);
    const to = find(options.fk_mm_parent_column_id);
    if (from === undefined || to === undefined) return undefined;
    return { column, from, to, reading: { tableId: rows.id, name, fields: [from, to], key: [from, to] } };
  }
  const pointer = find(options.fk_child_column_id);
  const { key } = columnsOf(rows, new Set());
  if (pointer === undefined || key === undefined) return undefined;
  const where = `(${pointer.id},notnull)`;
  const reading = { tableId: rows.id, name, fields: [key, pointer], key: [key], where };
  const [from, to] = pointsFromOwn(column, options) ? [key, pointer] : [pointer, key];
  return { column, from, to, reading };
};

/** Whether the foreign key lies in the link column's own table. */
const pointsFromOwn = ({ meta }: Column, { type }: LinkOptions): boolean =>
  type === 'bt' ||
  (type === 'oo' && typeof meta === 'object' && meta !== null && 'bt' in meta && meta.bt === true);

export const linkPair = ({ column, from, to }: LinkReading, row: Row): LinkPair => ({
  column: column.id,
  from: row[from.title],
  to: row[to.title],
});
