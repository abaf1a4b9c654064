import { type Column, NocoDbError, pages, type Table } from '@nocodb-backup/nocodb';
import type { Target } from '../target.js';
import { type IdIndex, idIndex } from './id-index.js';

/** A table of the target that records are written to. */
export interface RecordTarget {
  readonly target: Target;
  readonly table: Table;
  readonly key: Column;
  readonly limit: BatchLimit;
  readonly signal: AbortSignal;
}

/** How many records NocoDB takes at once; learnt from its refusal. */
export interface BatchLimit {
  size: number;
}

/** The ids that are on the target now. */
export const presentIds = async (
  { target, table, key, signal }: Omit<RecordTarget, 'limit'>,
  where?: string,
): Promise<IdIndex> => {
  const name = `the ids of "${table.title}"`;
  const reading = { tableId: table.id, name, fields: [key], key: [key], where };
  return idIndex(idsOf(pages(target.api, reading, signal), key));
};

async function* idsOf(read: ReturnType<typeof pages>, { title }: Column) {
  for await (const { rows } of read) for (const row of rows) yield row[title];
}

const asked = 100;

/** Which of the ids are on the target now. */
export const presentAmong = async (
  place: Omit<RecordTarget, 'limit'>,
  ids: readonly unknown[],
): Promise<IdIndex> => {
  const found: unknown[] = [];
  if (!ids.every((id) => typeof id === 'number')) {
    for (const id of ids) if (await isThere(place, String(id))) found.push(id);
    return idIndex(found);
  }
  const { target, table, key, signal } = place;
  for (let at = 0; at < ids.length; at += asked) {
    const where = `(${key.id},in,${ids.slice(at, at + asked).join(',')})`;
    const { list } = await target.api.records(table.id, { fields: key.id, where, limit: asked }, signal);
    found.push(...list.map((row) => row[key.title]));
  }
  return idIndex(found);
};

const isThere = async ({ target, table, signal }: Omit<RecordTarget, 'limit'>, id: string) => {
  try {
    await target.api.record(table.id, id, signal);
    return true;
  } catch (error) {
    if (error instanceof NocoDbError && error.status === 404) return false;
    throw error;
  }
};
