import type { Api, Row } from '../api.js';
import { type Cell, cellOf } from './cells.js';
import { type Difference, differencesIn } from './difference.js';
import { comparedElsewhere, exemptTypes } from './exempt.js';
import { isInternal, type Names } from './names.js';
import type { RawBase, RawColumn, RawTable } from './raw-base.js';

/** One of the two bases. */
export interface Side {
  readonly api: Api;
  readonly raw: RawBase;
  readonly names: Names;
}

/** A table that both sides have. */
export interface Pair {
  readonly title: string;
  readonly left: Side & { readonly table: RawTable };
  readonly right: Side & { readonly table: RawTable };
}

/** Every cell that both sides have a column for, record by record; a page of each side is in memory. */
export const differencesOfRecords = async function* ({
  title,
  left,
  right,
}: Pair): AsyncGenerator<Difference> {
  const columns = comparable(left, right);
  const rights = rowsOf(
    right,
    columns.map((pair) => pair.right),
  );
  let other = await rights.next();
  for await (const row of rowsOf(
    left,
    columns.map((pair) => pair.left),
  )) {
    while (!other.done && other.value.id < row.id) {
      yield { path: `table "${title}" / record ${other.value.id}`, left: undefined, right: 'a record' };
      other = await rights.next();
    }
    if (other.done || other.value.id !== row.id) {
      yield { path: `table "${title}" / record ${row.id}`, left: 'a record', right: undefined };
      continue;
    }
    yield* cellsOf(`table "${title}" / record ${row.id}`, columns, [left, row.row], [right, other.value.row]);
    other = await rights.next();
  }
  for (; !other.done; other = await rights.next())
    yield { path: `table "${title}" / record ${other.value.id}`, left: undefined, right: 'a record' };
};

/** The order in which people see the records. */
export const differencesOfOrder = async function* ({ title, left, right }: Pair): AsyncGenerator<Difference> {
  const rights = listed(right);
  for await (const id of listed(left)) {
    const other = await rights.next();
    if (other.done === true || other.value !== id) {
      const found = other.done === true ? undefined : `then record ${other.value}`;
      yield { path: `table "${title}" / order of records`, left: `then record ${id}`, right: found };
      return;
    }
  }
};

interface ColumnPair {
  readonly name: string;
  readonly left: RawColumn;
  readonly right: RawColumn;
}

const comparable = (left: Pair['left'], right: Pair['right']): ColumnPair[] => {
  const rights = new Map(cellColumns(right).map((column) => [nameOf(column, right), column]));
  return cellColumns(left).flatMap((column) => {
    const name = nameOf(column, left);
    const other = rights.get(name);
    return other
      ? [{ name: name.replace(`table "${left.table.title}".`, ''), left: column, right: other }]
      : [];
  });
};

const nameOf = ({ id }: RawColumn, { names }: Side) => names.get(id) ?? id;

const cellColumns = ({ table, raw }: Pair['left']) =>
  table.columns.filter(
    (column) => !comparedElsewhere.has(column.uidt) && !isInternal(column, raw) && !isExempt(column, raw),
  );

/** Whether a cell shows, or is computed from, what cannot be set. */
const isExempt = ({ uidt, colOptions }: RawColumn, raw: RawBase): boolean => {
  if (exemptTypes.has(uidt)) return true;
  const {
    fk_lookup_column_id,
    fk_rollup_column_id,
    fk_qr_value_column_id,
    fk_barcode_value_column_id,
    formula,
  } = colOptions ?? {};
  const inFormula = typeof formula === 'string' ? formula.match(/(?<=\{\{)[a-z0-9]+(?=\}\})/g) : [];
  const ids = [fk_lookup_column_id, fk_rollup_column_id, fk_qr_value_column_id, fk_barcode_value_column_id];
  const sources = new Set<unknown>([...ids.filter((id) => typeof id === 'string'), ...(inFormula ?? [])]);
  const columns = raw.tables.flatMap((table) => table.columns.filter(({ id }) => sources.has(id)));
  return columns.some((column) => isExempt(column, raw));
};

const cellsOf = async function* (
  path: string,
  columns: readonly ColumnPair[],
  [left, leftRow]: readonly [Side, Row],
  [right, rightRow]: readonly [Side, Row],
): AsyncGenerator<Difference> {
  for (const column of columns) {
    const one = await cellOf(left, column.left, leftRow);
    const other = await cellOf(right, column.right, rightRow);
    if (!areCut(one, other)) yield* differencesIn(`${path} / ${column.name}`, one.value, other.value);
  }
};

/** NocoDB cuts nested lists at 25, and which 25 is left to the database. What they show is compared where it is kept. */
const areCut = (one: Cell, other: Cell) => one.isCut && other.isCut;

interface Numbered {
  readonly id: number;
  readonly row: Row;
}

const rowsOf = async function* (
  { api, table }: Pair['left'],
  columns: readonly RawColumn[],
): AsyncGenerator<Numbered, undefined> {
  const key = keyOf(table);
  const fields = [...new Set([key.id, ...columns.map(({ id }) => id)])].join();
  for await (const row of pages(api, `/api/v2/tables/${table.id}/records?fields=${fields}&sort=${key.id}`))
    yield { id: Number(row[key.title]), row };
  return undefined;
};

const listed = async function* ({ api, table }: Pair['left']): AsyncGenerator<number, undefined> {
  const key = keyOf(table);
  for await (const row of pages(api, `/api/v2/tables/${table.id}/records?fields=${key.id}`))
    yield Number(row[key.title]);
  return undefined;
};

const keyOf = ({ title, columns }: RawTable) => {
  const key = columns.find(({ pk }) => pk === true);
  if (!key) throw new Error(`table "${title}" has no primary key`);
  return key;
};

/** The rows of a list, a page at a time. */
export const pages = async function* (api: Api, path: string): AsyncGenerator<Row> {
  for (let offset = 0; ;) {
    const { list, pageInfo } = await api.get<{ list: Row[]; pageInfo: { isLastPage: boolean } }>(
      `${path}&limit=1000&offset=${offset}`,
    );
    yield* list;
    offset += list.length;
    if (pageInfo.isLastPage || list.length === 0) return;
  }
};
