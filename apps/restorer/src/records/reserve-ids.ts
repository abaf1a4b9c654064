import type { PlannedWork } from '../restoration.js';
import { takeIds } from './next-ids.js';
import type { RecordTarget } from './record-target.js';
import type { Reserved } from './reserved.js';
import { fillerMark, storedIds } from './restore-records.js';
import { orderOf, type TablePair } from './table-pair.js';

/**
 * Finds out where the target's records end, and takes new ids out of the sequence where they are wanted. Repeated after a kill
 * it takes others: what counts is what the completed step says.
 */
export const reserveIds = async (
  { pair, place }: { readonly pair: TablePair; readonly place: RecordTarget },
  work: PlannedWork,
): Promise<Reserved> => {
  const after = await lastOrder(place);
  if (!work.request.options.newIds) return { firstId: 1, after };
  const { size } = await storedIds(pair, work.signal);
  if (size === 0) return { firstId: 1, after };
  return { firstId: await takeIds(place, size, fillerMark(work.request.restoreId)), after };
};

const lastOrder = async ({ target, table, signal }: RecordTarget): Promise<number> => {
  const order = orderOf(table);
  if (order === undefined) return 0;
  const query = {
    sort: `-${order.id}`,
    where: `(${order.id},notnull)`,
    limit: 1,
    getHiddenColumn: 'true',
  } as const;
  const [row] = (await target.api.records(table.id, query, signal)).list;
  return Math.max(0, Math.ceil(Number(row?.[order.title] ?? 0)));
};
