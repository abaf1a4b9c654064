import { lastingCell } from '@nocodb-backup/nocodb';
import type { StoredRow } from '@nocodb-backup/vault';
import { compareKeys, type RecordKey } from './record-key.js';
import type { KeyedRecord } from './sorted-records.js';

/** A column as the two backups call it. */
export interface Field {
  readonly before: string;
  readonly after: string;
  /** Whether its cells hold addresses that NocoDB signs anew on each read: these are not compared. */
  readonly isSigned: boolean;
}

/** One record that is not the same in both backups. */
export type Difference =
  | { readonly change: 'added' | 'removed'; readonly key: RecordKey; readonly record: StoredRow }
  | {
      readonly change: 'changed';
      readonly key: RecordKey;
      /** By the later title, what was there before and after. */
      readonly fields: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
    };

/** Walks through both tables, sorted by key, at the same time; one record of each is in memory. */
export async function* differences(
  before: AsyncIterable<KeyedRecord>,
  after: AsyncIterable<KeyedRecord>,
  fields: readonly Field[],
): AsyncGenerator<Difference> {
  const [left, right] = [before[Symbol.asyncIterator](), after[Symbol.asyncIterator]()];
  try {
    let [old, young] = [await next(left), await next(right)];
    while (old ?? young) {
      const order = orderOf(old, young);
      const found = differenceOf(order <= 0 ? old : undefined, order >= 0 ? young : undefined, fields);
      if (found) yield found;
      if (order <= 0) old = await next(left);
      if (order >= 0) young = await next(right);
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

/** What has become of one record; undefined where nothing has. */
const differenceOf = (
  old: KeyedRecord | undefined,
  young: KeyedRecord | undefined,
  fields: readonly Field[],
): Difference | undefined => {
  if (!young) return old && { change: 'removed', key: old.key, record: old.row };
  if (!old) return { change: 'added', key: young.key, record: young.row };
  const changed = changedFields(old.row, young.row, fields);
  return changed.length > 0
    ? { change: 'changed', key: young.key, fields: Object.fromEntries(changed) }
    : undefined;
};

const next = async (records: AsyncIterator<KeyedRecord>): Promise<KeyedRecord | undefined> => {
  const result = await records.next();
  return result.done ? undefined : result.value;
};

const orderOf = (old: KeyedRecord | undefined, young: KeyedRecord | undefined): number => {
  if (!old) return 1;
  return young ? compareKeys(old.key, young.key) : -1;
};

const changedFields = (old: StoredRow, young: StoredRow, fields: readonly Field[]) =>
  fields.flatMap(({ before, after, isSigned }) => {
    const values = [old[before] ?? null, young[after] ?? null] as const;
    const [was, is] = values.map((value) => JSON.stringify(isSigned ? lastingCell(value) : value));
    return was === is ? [] : [[after, values] as const];
  });
