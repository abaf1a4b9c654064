import { type Bounds, isEnd, type Reading } from './cursor.js';
import type { NocoDb } from './nocodb.js';
import { pages } from './pages.js';
import type { Column, Row } from './schemas.js';

/** The table whose order is wanted. `order` is NocoDB's own column, which it hides from the records but lets one sort by. */
export interface Listing {
  readonly tableId: string;
  readonly name: string;
  readonly key: Column;
  readonly order: Column;
}

const firstWindow = 2000;

/**
 * The records' ids in the order in which people see them, in batches. Paged by the values of the hidden column: by offset the
 * last page of 600,000 costs a hundred times the first one.
 */
export async function* listingOrder(
  api: NocoDb,
  listing: Listing,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  const bounds = await boundsOf(api, listing, signal);
  if (bounds !== undefined) yield* ordered(api, { ...listing, ...bounds }, signal);
  const { tableId, name, key, order } = listing;
  const unordered: Reading = { tableId, name, fields: [key], key: [key], where: `(${order.id},null)` };
  for await (const { rows } of pages(api, unordered, signal)) yield idsOf(key, rows);
}

const idsOf = ({ title }: Column, rows: readonly Row[]) => rows.map((row) => row[title]);

/** Whole numbers around all values, which may have more digits than a number of JavaScript. */
const boundsOf = async (
  api: NocoDb,
  { tableId, order }: Listing,
  signal: AbortSignal,
): Promise<Bounds | undefined> => {
  const end = async (sort: string) => {
    const query = { sort, where: `(${order.id},notnull)`, limit: 1, getHiddenColumn: 'true' } as const;
    const [row] = (await api.records(tableId, query, signal)).list;
    return Number(row?.[order.title] ?? NaN);
  };
  const [min, max] = [await end(order.id), await end(`-${order.id}`)];
  return Number.isNaN(min + max) ? undefined : { min: Math.floor(min), max: Math.ceil(max) };
};

async function* ordered(api: NocoDb, listing: Listing & Bounds, signal: AbortSignal) {
  let size = firstWindow;
  let from = listing.min - 1;
  while (from < listing.max) {
    const to = from + size;
    let rows = 0;
    for await (const ids of inWindow(api, listing, { from, to, signal })) {
      rows += ids.length;
      yield ids;
    }
    from = to;
    size = nextSize(size, rows);
  }
}

/** Follows gaps and crowds of values, so that a window holds a page or two. */
const nextSize = (size: number, rows: number): number => {
  if (rows < firstWindow / 4) return size * 4;
  return rows > firstWindow * 4 ? size / 4 : size;
};

interface Window {
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

async function* inWindow(api: NocoDb, { tableId, key, order }: Listing, { from, to, signal }: Window) {
  const where = `(${order.id},gt,${from})~and(${order.id},lte,${to})`;
  const query = { fields: key.id, sort: `${order.id},${key.id}`, where, limit: 1000 };
  for (let offset = 0; ;) {
    const page = await api.records(tableId, offset === 0 ? query : { ...query, offset }, signal);
    if (page.list.length > 0) yield idsOf(key, page.list);
    if (isEnd(page) || page.pageInfo?.isLastPage === true) return;
    offset += page.list.length;
  }
}
