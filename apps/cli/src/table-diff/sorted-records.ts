import type { StoredRow } from '@nocodb-backup/vault';
import { compareKeys, type RecordKey } from './record-key.js';
import { type Run, writtenRun } from './run.js';

/** A record with its key. */
export interface KeyedRecord {
  readonly key: RecordKey;
  readonly row: StoredRow;
}

/** Reads the records from the first one on, again each time. */
export type ReadRecords = () => AsyncIterable<KeyedRecord>;

export interface SortOptions {
  /** Characters of records that are sorted in memory at one time. */
  readonly atOnce?: number;
  /** Files that are merged at one time. */
  readonly files?: number;
}

/**
 * The records in the order of their keys, in flat memory. They are read once to see whether they are in order, which they mostly are;
 * if not, they are sorted in temporary files without names, which are gone with the process, however it ends.
 */
export async function* sortedRecords(
  read: ReadRecords,
  options: SortOptions = {},
): AsyncGenerator<KeyedRecord> {
  if (await isSorted(read())) {
    yield* read();
    return;
  }
  const runs: Run[] = [];
  try {
    await writeRuns(read(), runs, options);
    yield* merged(runs);
  } finally {
    for (const run of runs) await run.close();
  }
}

const isSorted = async (records: AsyncIterable<KeyedRecord>): Promise<boolean> => {
  let before: RecordKey | undefined;
  for await (const { key } of records) {
    if (before && compareKeys(before, key) > 0) return false;
    before = key;
  }
  return true;
};

const writeRuns = async (
  records: AsyncIterable<KeyedRecord>,
  runs: Run[],
  { atOnce = 8 * 1024 * 1024, files = 64 }: SortOptions,
): Promise<void> => {
  let [batch, length]: [KeyedRecord[], number] = [[], 0];
  const write = async () => {
    runs.push(await writtenRun(batch.sort((a, b) => compareKeys(a.key, b.key))));
    [batch, length] = [[], 0];
    if (runs.length < files) return;
    const whole = await writtenRun(merged(runs));
    for (const run of runs.splice(0)) await run.close();
    runs.push(whole);
  };
  for await (const record of records) {
    batch.push(record);
    length += JSON.stringify(record).length;
    if (length >= atOnce) await write();
  }
  if (batch.length > 0) await write();
};

/** The records of all runs in order. */
async function* merged(runs: readonly Run[]): AsyncGenerator<KeyedRecord> {
  const heads: { readonly record: KeyedRecord; readonly rest: AsyncIterator<KeyedRecord> }[] = [];
  const add = async (rest: AsyncIterator<KeyedRecord>) => {
    const next = await rest.next();
    if (next.done) return;
    const at = heads.findIndex(({ record }) => compareKeys(next.value.key, record.key) < 0);
    heads.splice(at < 0 ? heads.length : at, 0, { record: next.value, rest });
  };
  for (const run of runs) await add(run.records()[Symbol.asyncIterator]());
  for (let first = heads.shift(); first; first = heads.shift()) {
    yield first.record;
    await add(first.rest);
  }
}
