import { movedInDatabase, takenInDatabase } from './database-sequence.js';
import { filledRun, filledUpTo, NoFillersError } from './filler-records.js';
import type { RecordTarget } from './record-target.js';

/** How the sequence was brought behind the records. */
export interface PassedIds {
  /** In the database itself; what is there later tells whether it was the right one. */
  readonly isByDatabase: boolean;
  readonly warnings: readonly string[];
}

const byRecords: PassedIds = { isByDatabase: false, warnings: [] };

/**
 * Sees to it that the ids that the database hands out next are behind `max`: records that are inserted with their ids do not
 * move its sequence, and people would get an error for each new record. Safe to repeat. Answers with a warning where it cannot.
 */
export const passIds = async (place: RecordTarget, max: number, mark: string): Promise<PassedIds> => {
  if (max < 1) return byRecords;
  if (await movedInDatabase(place, max)) return { isByDatabase: true, warnings: [] };
  try {
    await filledUpTo(place, max, mark);
    return byRecords;
  } catch (error) {
    if (!(error instanceof NoFillersError)) throw error;
    return { isByDatabase: false, warnings: [notPassed(place, max, error)] };
  }
};

const notPassed = (place: RecordTarget, max: number, { message }: Error): string =>
  `new records in "${place.table.title}" get an error until its sequence has passed ${max} (${message}): set DATABASE_* to ` +
  `NocoDB's database and restore again, or run there: ${setvalSql(place, max)}`;

const setvalSql = ({ table, key }: RecordTarget, max: number): string => {
  const relation = `"${String(table.base_id)}"."${String(table.table_name)}"`;
  return `select setval(pg_get_serial_sequence('${relation}', '${String(key.column_name)}'), ${max})`;
};

/** Takes `count` new ids in a row, which nobody else gets: the first of them. Throws a NoFillersError where it cannot. */
export const takeIds = async (place: RecordTarget, count: number, mark: string): Promise<number> =>
  (await takenInDatabase(place, count)) ?? (await filledRun(place, count, mark));
