import { isNumeric } from './columns.js';
import {
  type Bounds,
  type Cursor,
  firstPage,
  nextPage,
  pageQuery,
  type Reading,
  smallerPage,
} from './cursor.js';
import { AnswerTooLargeError, NocoDbError, TableChangedError } from './errors.js';
import type { NocoDb } from './nocodb.js';
import type { Page, Row } from './schemas.js';
import { allOf } from './where.js';

export interface Rows {
  readonly rows: readonly Row[];
  /** How many there were in all when the reading began. */
  readonly total: number;
}

/**
 * All rows, page by page; one page is fetched ahead. Rows that are inserted meanwhile belong to the next backup.
 * Throws a TableChangedError at the end when fewer or more rows came than the server counts: they may not be all.
 */
export async function* pages(api: NocoDb, reading: Reading, signal: AbortSignal): AsyncGenerator<Rows> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    const bounds = await boundsOf(api, reading, either);
    const where = allOf(reading.where, upTo(reading, bounds));
    const total = await api.count(reading.tableId, where, either);
    let read = 0;
    for await (const rows of unchecked(api, reading, { first: firstPage(reading, bounds), signal: either })) {
      read += rows.length;
      yield { rows, total };
    }
    checkCount(reading, read, [total, await api.count(reading.tableId, where, either)]);
  } finally {
    stop.abort();
  }
}

/** Undefined when the table is empty, or has no single numeric key. */
const boundsOf = async (api: NocoDb, reading: Reading, signal: AbortSignal): Promise<Bounds | undefined> => {
  const [column] = reading.key;
  if (column === undefined || reading.key.length > 1 || !isNumeric(column)) return undefined;
  const end = async (sort: string) => {
    const query = { fields: column.id, sort, where: reading.where, limit: 1 };
    return (await api.records(reading.tableId, query, signal)).list[0]?.[column.title];
  };
  const [min, max] = [await end(column.id), await end(`-${column.id}`)];
  return Number.isSafeInteger(min) && Number.isSafeInteger(max)
    ? { min: min as number, max: max as number }
    : undefined;
};

const upTo = ({ key: [column] }: Reading, bounds: Bounds | undefined): string | undefined =>
  column && bounds && `(${column.id},lte,${bounds.max})`;

interface Walk {
  readonly first: Cursor;
  readonly signal: AbortSignal;
}

async function* unchecked(api: NocoDb, reading: Reading, { first, signal }: Walk) {
  const fetchFrom = (cursor: Cursor) => {
    const fetching = fetched(api, reading, { first: cursor, signal });
    fetching.catch(() => undefined);
    return fetching;
  };
  let fetching: Promise<Fetched> | undefined = fetchFrom(first);
  while (fetching !== undefined) {
    const { page, next }: Fetched = await fetching;
    fetching = next && fetchFrom(next);
    if (page.list.length > 0) yield page.list;
  }
}

interface Fetched {
  readonly page: Page;
  readonly next: Cursor | undefined;
}

const fetched = async (api: NocoDb, reading: Reading, { first: cursor, signal }: Walk): Promise<Fetched> => {
  try {
    const page = await api.records(reading.tableId, pageQuery(reading, cursor), signal);
    return { page, next: nextPage(reading, cursor, page) };
  } catch (error) {
    const smaller = error instanceof AnswerTooLargeError ? smallerPage(cursor) : undefined;
    if (smaller !== undefined) return fetched(api, reading, { first: smaller, signal });
    if (isBehindEnd(error, cursor)) return { page: { list: [] }, next: undefined };
    throw error;
  }
};

/** NocoDB refuses an offset at or behind the end; the count tells whether a row is missing. */
const isBehindEnd = (error: unknown, { read, position }: Cursor): boolean =>
  error instanceof NocoDbError && error.status === 422 && read > 0 && position.length === 0;

const checkCount = ({ name }: Reading, read: number, counts: readonly number[]): void => {
  if (read >= Math.min(...counts) && read <= Math.max(...counts)) return;
  throw new TableChangedError(
    `${read} rows of ${name} were read, and NocoDB counts ${[...new Set(counts)].join(' before and ')} after it`,
  );
};
