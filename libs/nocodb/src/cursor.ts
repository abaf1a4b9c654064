import { isNumeric } from './columns.js';
import { NocoDbError } from './errors.js';
import type { RecordQuery } from './nocodb.js';
import type { Column, Page, Row } from './schemas.js';
import { after, allOf, type Position } from './where.js';

/** What is read of a table, and in which order. */
export interface Reading {
  readonly tableId: string;
  /** How messages name what is read, such as `the records of "Kunden"`. */
  readonly name: string;
  readonly fields: readonly Column[];
  /** Sorted by these. Numeric ones are paged by value, so that rows deleted meanwhile shift nothing; others by offset. */
  readonly key: readonly Column[];
  readonly where?: string | undefined;
}

/** The smallest and the largest value of a single numeric key. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Where the next page begins. */
export interface Cursor {
  readonly read: number;
  /** Behind this row; empty = by offset. */
  readonly position: Position;
  readonly limit: number;
  /**
   * How far the page may reach. NocoDB counts what matches on each page: without an end every page costs as much as all
   * that is left.
   */
  readonly window?: { readonly size: number; readonly max: number } | undefined;
}

const pageSize = 1000;
/** Characters of a page. Several pages are in memory at one time, each of them as text, as objects and as text again. */
const comfortable = 4 * 1024 * 1024;
const sampled = 16;

/** Before the first row. */
export const firstPage = ({ key }: Reading, bounds: Bounds | undefined): Cursor => {
  const [column] = key;
  if (column === undefined || bounds === undefined) return { read: 0, position: [], limit: pageSize };
  const position = [[column.id, bounds.min - 1]] as const;
  return { read: 0, position, limit: pageSize, window: { size: 2 * pageSize, max: bounds.max } };
};

/** The request for the page at the cursor. */
export const pageQuery = ({ fields, key, where }: Reading, cursor: Cursor): RecordQuery => ({
  fields: fields.map(({ id }) => id).join(','),
  sort: key.length > 0 ? key.map(({ id }) => id).join(',') : undefined,
  where: allOf(where, after(cursor.position), windowEnd(cursor)),
  limit: cursor.limit,
  offset: cursor.position.length === 0 && cursor.read > 0 ? cursor.read : undefined,
});

/** Behind the page; undefined when it was the last one. Throws when the server does not go on. */
export const nextPage = (reading: Reading, cursor: Cursor, page: Page): Cursor | undefined => {
  const { list } = page;
  const read = cursor.read + list.length;
  if (isEnd(page)) return nextWindow(cursor, list.length);
  const position = positionOf(reading.key, list.at(-1) ?? {});
  if (!isAhead(position, cursor.position)) throw notPaging(reading);
  return { ...cursor, read, position, limit: comfortableLimit(list, cursor.limit) };
};

/** A smaller page at the same place. */
export const smallerPage = (cursor: Cursor): Cursor | undefined =>
  cursor.limit === 1 ? undefined : { ...cursor, limit: Math.ceil(cursor.limit / 8) };

const until = ({ position, window }: Cursor): number | undefined =>
  window && Math.min(window.max, Number(position[0]?.[1]) + window.size);

const windowEnd = (cursor: Cursor): string | undefined => {
  const end = until(cursor);
  return end === undefined ? undefined : `(${cursor.position[0]?.[0] ?? ''},lte,${end})`;
};

/** A page without rows, or with fewer than the server gives at once, is the last one. */
export const isEnd = ({ list, pageInfo }: Page): boolean =>
  list.length === 0 || (list.length < (pageInfo?.pageSize ?? 0) && pageInfo?.isLastPage !== false);

/** A window with few rows is followed by a larger one, so that gaps between ids are crossed quickly. */
const nextWindow = (cursor: Cursor, rows: number): Cursor | undefined => {
  const { window, position, limit } = cursor;
  const end = until(cursor);
  const column = position[0]?.[0];
  if (window === undefined || end === undefined || column === undefined || end >= window.max)
    return undefined;
  const size = rows < limit / 2 ? window.size * 4 : window.size;
  return { ...cursor, read: cursor.read + rows, position: [[column, end]], window: { ...window, size } };
};

/** Empty when the key cannot be paged by value. */
const positionOf = (key: readonly Column[], row: Row): Position => {
  const values = key.map((column) => [column.id, row[column.title]] as const);
  return key.every(isNumeric) && values.every(isPair) ? values : [];
};

const isPair = (pair: readonly [string, unknown]): pair is readonly [string, number | string] => {
  const [, value] = pair;
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
};

const isAhead = (next: Position, before: Position): boolean => {
  if (before.length === 0) return true;
  for (const [index, [, value]] of next.entries()) {
    const difference = Number(value) - Number(before[index]?.[1]);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

const notPaging = ({ name }: Reading): Error =>
  new NocoDbError(`NocoDB gave the same page of ${name} again instead of the next one`, 200);

/**
 * Asks for fewer rows when those of this page were long on average, so that one page stays small in memory, and for more again when
 * they are short: one long row shall not slow down the rest of the table.
 */
const comfortableLimit = (rows: readonly Row[], limit: number): number => {
  const sample = rows.filter((_, index) => index % Math.ceil(rows.length / sampled) === 0);
  const average = JSON.stringify(sample).length / sample.length;
  return Math.max(1, Math.min(pageSize, limit * 2, Math.floor(comfortable / average)));
};
