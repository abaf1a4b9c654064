import { type Column, NocoDbError, type RecordBody } from '@nocodb-backup/nocodb';
import type { RecordTarget } from './record-target.js';

/** The most ids that are used up by records inserted and deleted: two minutes or so. */
const mostFillers = 200_000;
const atOnce = 100;

/** Why the sequence was not moved. */
export class NoFillersError extends Error {
  override readonly name = 'NoFillersError';
}

/** Makes the sequence hand out ids behind `max`, by records that are inserted and deleted again. */
export const filledUpTo = async (place: RecordTarget, max: number, mark: string): Promise<void> => {
  await swept(place, mark);
  const last = await filled(place, 1, mark);
  if (max - last > mostFillers)
    throw new NoFillersError(`it is at ${last}, and ${max} is too far away for records inserted and deleted`);
  for (let reached = last; reached < max;)
    reached = await filled(place, Math.min(atOnce, max - reached), mark);
  await swept(place, mark);
};

/** Takes `count` ids in a row, by records that are inserted and deleted again: the first of them. */
export const filledRun = async (place: RecordTarget, count: number, mark: string): Promise<number> => {
  if (count > mostFillers)
    throw new NoFillersError(`${count} new ids are too many for records inserted and deleted`);
  await swept(place, mark);
  let [first, last] = [0, -1];
  while (last - first + 1 < count) {
    const ids = await insertedAndDeleted(place, Math.min(atOnce, count - (last - first + 1)), mark);
    for (const id of ids) {
      // Somebody else's record came in between.
      if (id !== last + 1) first = id;
      last = id;
    }
  }
  await swept(place, mark);
  return first;
};

const filled = async (place: RecordTarget, count: number, mark: string): Promise<number> =>
  Math.max(...(await insertedAndDeleted(place, count, mark)));

const insertedAndDeleted = async (
  place: RecordTarget,
  count: number,
  mark: string,
): Promise<readonly number[]> => {
  const { target, table, key, signal } = place;
  const bodies = Array.from({ length: count }, () => filler(place, mark));
  const made = await refusedAsReason(target.records.insert(table.id, bodies, signal));
  const ids = made.map((row) => Number(row[key.title]));
  await target.records.remove(
    table.id,
    ids.map((id) => ({ [key.id]: id })),
    signal,
  );
  return ids.sort((a, b) => a - b);
};

const refusedAsReason = async <T>(inserting: Promise<T>): Promise<T> => {
  try {
    return await inserting;
  } catch (error) {
    if (!(error instanceof NocoDbError) || error.status === 0 || error.status >= 500) throw error;
    throw new NoFillersError(`NocoDB takes no empty record: ${error.message}`, { cause: error });
  }
};

/** Removes what an attempt that was killed has left behind. */
const swept = async ({ target, table, key, signal }: RecordTarget, mark: string): Promise<void> => {
  const text = markable(table.columns);
  if (text === undefined) return;
  const query = { fields: key.id, where: `(${text.id},eq,${mark})`, limit: atOnce };
  for (;;) {
    const { list } = await target.api.records(table.id, query, signal);
    if (list.length === 0) return;
    await target.records.remove(
      table.id,
      list.map((row) => ({ [key.id]: row[key.title] })),
      signal,
    );
  }
};

const filler = ({ table }: RecordTarget, mark: string): RecordBody => {
  const text = markable(table.columns);
  return text === undefined ? {} : { [text.id]: mark };
};

const textual = new Set(['SingleLineText', 'LongText']);

/** A column by which fillers are known again. */
const markable = (columns: readonly Column[]): Column | undefined =>
  columns.find(({ uidt, unique, pk }) => textual.has(uidt) && !unique && !pk);
