import type { Column } from '@nocodb-backup/nocodb';
import { insertRecords, type Refused } from './insert-records.js';
import type { LostValue, NewRecord } from './record-body.js';
import type { RecordTarget } from './record-target.js';

/**
 * The refused record without the values that NocoDB does not take; it is on the target then. Undefined when it takes none of it.
 * A value is guilty when NocoDB takes the record without it, or says something else then.
 */
export const saved = async (place: RecordTarget, refused: Refused): Promise<NewRecord | undefined> => {
  let current = refused;
  const columns = [...place.table.columns];
  for (;;) {
    const next = await withoutOne(place, current, columns);
    if (next === undefined || 'body' in next) return next;
    current = next;
  }
};

/** The record as it was taken, or refused for another reason, after a value was left out. */
const withoutOne = async (
  place: RecordTarget,
  refused: Refused,
  columns: readonly Column[],
): Promise<NewRecord | Refused | undefined> => {
  const reason = refused.error.message;
  for (const column of suspects(place, refused, columns)) {
    const record = without(refused.record, column, { column: column.title, reason });
    const [again] = await insertRecords(place, [record]);
    if (again === undefined) return record;
    if (again.error.message !== reason) return again;
  }
  return undefined;
};

/** The columns of the record, first the one that NocoDB's message names. */
const suspects = ({ key }: RecordTarget, { record, error }: Refused, columns: readonly Column[]) => {
  const own = columns.filter(({ id, uidt }) => id !== key.id && uidt !== 'Order' && id in record.body);
  const isNamed = ({ title }: Column) => error.message.includes(title);
  return [...own.filter(isNamed), ...own.filter((column) => !isNamed(column))];
};

const without = ({ body, lost, ...record }: NewRecord, column: Column, value: LostValue): NewRecord => ({
  ...record,
  body: Object.fromEntries(Object.entries(body).filter(([id]) => id !== column.id)),
  lost: [...lost, value],
});
