import { AnswerTooLargeError, NocoDbError, TableChangedError } from './errors.js';
import type { NocoDb, RecordQuery } from './nocodb.js';
import { isNumeric } from './columns.js';
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

export interface Rows {
  readonly rows: readonly Row[];
  /** How many there were in all when the reading began. */
  readonly total: number;
}

const pageSize = 1000;
const comfortable = 16 * 1024 * 1024;

/**
 * All rows, page by page; one page is fetched ahead. Rows that are inserted meanwhile belong to the next backup.
 * Throws a TableChangedError at the end when fewer or more rows came than the server counts: they may not be all.
 */
export async function* pages(api: NocoDb, reading: Reading, signal: AbortSignal): AsyncGenerator<Rows> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    const where = allOf(reading.where, await upperBound(api, reading, either));
    const bounded = { ...reading, where };
    const total = await api.count(reading.tableId, where, either);
    let read = 0;
    for await (const rows of unchecked(api, bounded, either)) {
      read += rows.length;
      yield { rows, total };
    }
    checkCount(reading, read, [total, await api.count(reading.tableId, where, either)]);
  } finally {
    stop.abort();
  }
}

/** The condition that keeps out what is inserted from now on; none when there is no single numeric key. */
const upperBound = async (api: NocoDb, { tableId, key }: Reading, signal: AbortSignal) => {
  const [column] = key;
  if (column === undefined || key.length > 1 || !isNumeric(column)) return undefined;
  const query = { fields: column.id, sort: `-${column.id}`, limit: 1 };
  const [last] = (await api.records(tableId, query, signal)).list;
  const value = last?.[column.title];
  return isKeyValue(value) ? `(${column.id},lte,${value})` : undefined;
};

async function* unchecked(
  api: NocoDb,
  reading: Reading,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  let next: Promise<Fetched> | undefined = fetched(
    api,
    reading,
    { read: 0, position: [], limit: pageSize },
    signal,
  );
  while (next !== undefined) {
    const { page, cursor }: Fetched = await next;
    next = isEnd(page) ? undefined : fetched(api, reading, cursor, signal);
    next?.catch(() => undefined);
    if (page.list.length > 0) yield page.list;
  }
}

interface Cursor {
  readonly read: number;
  readonly position: Position;
  readonly limit: number;
}

interface Fetched {
  readonly page: Page;
  /** Where the next page begins. */
  readonly cursor: Cursor;
}

const isEnd = ({ list, pageInfo }: Page): boolean => list.length === 0 || pageInfo?.isLastPage === true;

const fetched = async (
  api: NocoDb,
  reading: Reading,
  cursor: Cursor,
  signal: AbortSignal,
): Promise<Fetched> => {
  try {
    const page = await api.records(reading.tableId, queryOf(reading, cursor), signal);
    return { page, cursor: behind(page, reading, cursor) };
  } catch (error) {
    if (error instanceof AnswerTooLargeError && cursor.limit > 1) {
      return fetched(api, reading, { ...cursor, limit: Math.ceil(cursor.limit / 8) }, signal);
    }
    // NocoDB refuses an offset at or behind the end: rows were deleted meanwhile, and the count tells whether one is missing.
    if (isBehindEnd(error, cursor)) return { page: { list: [] }, cursor };
    throw error;
  }
};

const isBehindEnd = (error: unknown, { read, position }: Cursor): boolean =>
  error instanceof NocoDbError && error.status === 422 && read > 0 && position.length === 0;

const queryOf = ({ fields, key, where }: Reading, { read, position, limit }: Cursor): RecordQuery => ({
  fields: fields.map(({ id }) => id).join(','),
  sort: key.length > 0 ? key.map(({ id }) => id).join(',') : undefined,
  where: allOf(where, after(position)),
  limit,
  offset: position.length === 0 && read > 0 ? read : undefined,
});

const behind = ({ list }: Page, reading: Reading, { read, position, limit }: Cursor): Cursor => {
  const last = list.at(-1);
  const next = last === undefined ? position : positionOf(reading.key, last);
  if (last !== undefined && !isAhead(next, position)) throw notPaging(reading);
  return { read: read + list.length, position: next, limit: smaller(list, limit) };
};

/** Empty when the key cannot be paged by value. */
const positionOf = (key: readonly Column[], row: Row): Position => {
  const values = key.map((column) => [column.id, row[column.title]] as const);
  return key.every(isNumeric) && values.every(isPair) ? values : [];
};

const isKeyValue = (value: unknown): value is number | string =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));

const isPair = (pair: readonly [string, unknown]): pair is readonly [string, number | string] =>
  isKeyValue(pair[1]);

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

/** Asks for fewer rows when they are long, so that one page stays small in memory. */
const smaller = (rows: readonly Row[], limit: number): number => {
  const sample = rows.length > 0 ? JSON.stringify(rows[rows.length - 1]).length : 1;
  return Math.max(1, Math.min(limit, Math.floor(comfortable / sample)));
};

const checkCount = ({ name }: Reading, read: number, counts: readonly number[]): void => {
  if (read >= Math.min(...counts) && read <= Math.max(...counts)) return;
  throw new TableChangedError(
    `${read} rows of ${name} were read, and NocoDB counts ${[...new Set(counts)].join(' before and ')} after it`,
  );
};
