import type { Column } from '@nocodb-backup/nocodb';
import type { TargetBase } from './target-base.js';

/** What something with an id of the backup is called on the target now. */
export type NewIds = ReadonlyMap<string, string>;

interface Option {
  readonly id: string;
  readonly title: string;
}

const optionsOf = ({ colOptions }: Column): readonly Option[] =>
  (colOptions?.options ?? []) as readonly Option[];

/** The new ids of the columns of a table, of what can be selected in them, and of the table and base. */
export const newIds = async (
  base: TargetBase,
  storedTableId: string,
  signal: AbortSignal,
): Promise<NewIds> => {
  const ids = new Map<string, string>();
  const [stored, target] = [base.stored.get(storedTableId), await base.table(storedTableId, signal)];
  if (!stored || !target) return ids;
  ids.set(stored.id, target.id);
  if (typeof stored.base_id === 'string') ids.set(stored.base_id, base.id);
  const pairs = await base.pairs(storedTableId, signal);
  for (const column of stored.columns) {
    const there = pairs.get(column.id);
    if (!there) continue;
    ids.set(column.id, there.id);
    for (const option of optionsOf(column)) {
      const same = optionsOf(there).find(({ title }) => title === option.title);
      if (same) ids.set(option.id, same.id);
    }
  }
  return ids;
};

/** The same value with new ids, wherever one of the backup stands as a whole text or as a key. */
export const withNewIds = (value: unknown, ids: NewIds): unknown => {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => withNewIds(one, ids));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [ids.get(key) ?? key, withNewIds(one, ids)]);
  return Object.fromEntries(entries) as unknown;
};
