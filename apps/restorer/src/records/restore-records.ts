import type { PlannedWork, StepOutcome } from '../restoration.js';
import { batches, concurrently } from './batches.js';
import { type IdIndex, idIndex } from './id-index.js';
import { insertRecords } from './insert-records.js';
import { LeftOuts } from './left-outs.js';
import { passIds } from './next-ids.js';
import { presentIds, type RecordTarget } from './record-target.js';
import { type NewRecord, newRecord, type RecordShape } from './record-body.js';
import type { Reserved } from './reserved.js';
import { saved } from './saved-record.js';
import { keyOf, nameOfTable, orderOf, type TablePair, writableColumns } from './table-pair.js';

/** How a table's records are put back. */
export interface RecordTask {
  readonly pair: TablePair;
  readonly place: RecordTarget;
  readonly emails: ReadonlySet<string>;
  readonly pointers: RecordShape['pointers'];
  /** `original`: into an empty table; `missing`: those whose id is not there; `new`: all, with new ids. */
  readonly mode: 'original' | 'missing' | 'new';
  readonly reserved: Reserved;
  /** How many records were there before anything was touched. */
  readonly existing: number;
}

/** Characters of JSON in one request: NocoDB takes 50 MB, a proxy in front of it often less. */
const weight = 4 * 1024 * 1024;
const atOnce = 4;

/** Marks what is inserted for a moment only. */
export const fillerMark = (restoreId: string): string => `nocodb-backup-filler-${restoreId}`;

/** Inserts all records of the table that are not there yet. Safe to repeat: a record is known by its id. */
export const restoreRecords = async (task: RecordTask, work: PlannedWork): Promise<StepOutcome> => {
  const { pair, place, mode } = task;
  const { signal } = work;
  const stored = await storedIds(pair, signal);
  const mark = fillerMark(work.request.restoreId);
  const pass = () => passIds(place, mode === 'new' ? 0 : stored.max, mark);
  const passed = await pass();
  const before = await idsBefore(task);
  const there = await ownIds(task, stored);
  const listing = await idIndex(pair.stored.order(signal));
  const run: Run = { task, work, stored, before, there, listing, leftOuts: new LeftOuts(), done: 0 };
  const limits = { size: () => place.limit.size, weight };
  await concurrently(batches(newRecords(run), limits), atOnce, (batch) => inserted(run, batch));
  await checkCount(run);
  // An empty table looks alike in every copy of a database; one with records does not.
  const { warnings } = passed.isByDatabase ? await pass() : passed;
  const counts = { records: run.done, ...(mode === 'missing' && { recordsAlreadyThere: before.size }) };
  return { target: place.table.id, counts, leftOut: run.leftOuts.list(), warnings: [...warnings] };
};

interface Run {
  readonly task: RecordTask;
  readonly work: PlannedWork;
  readonly stored: IdIndex;
  /** Ids of the backup that were on the target before: they stay as they are. */
  readonly before: IdIndex;
  /** Ids that an earlier attempt of this restore has inserted. */
  readonly there: IdIndex;
  readonly listing: IdIndex;
  readonly leftOuts: LeftOuts;
  done: number;
}

/** The ids of all records of the table in the backup. */
export const storedIds = async ({ stored, from }: TablePair, signal: AbortSignal): Promise<IdIndex> => {
  const key = keyOf(from);
  return idIndex(key === undefined ? [] : valuesOf(stored.records(signal), key.title));
};

async function* valuesOf(rows: AsyncIterable<Readonly<Record<string, unknown>>>, title: string) {
  for await (const row of rows) yield row[title];
}

/** Where a record of the backup is on the target, whether it could be put there or not. */
export const newIdOf = ({ mode, reserved }: Pick<RecordTask, 'mode' | 'reserved'>, stored: IdIndex) => {
  if (mode !== 'new') return (id: unknown): unknown => id;
  return (id: unknown): unknown => {
    const at = stored.position(id);
    return at === undefined ? undefined : reserved.firstId + at;
  };
};

/** Those that are to be inserted; those that an earlier attempt has inserted are noted on the way. */
async function* newRecords(run: Run) {
  const { task, work, stored, before, there } = run;
  const shape = shapeOf(task);
  const title = keyOf(task.pair.from)?.title ?? '';
  const idOf = newIdOf(task, stored);
  for await (const row of task.pair.stored.records(work.signal)) {
    const storedId = row[title];
    if (before.has(storedId)) continue;
    const id = idOf(storedId);
    const record = newRecord(row, shape, { storedId, id, order: orderIn(run, storedId) });
    if (there.has(id)) note(run, [record]);
    else yield record;
  }
}

const shapeOf = ({ pair, place, emails, pointers }: RecordTask): RecordShape => ({
  ...writableColumns(pair),
  key: place.key,
  order: orderOf(place.table),
  emails,
  pointers,
});

/** Behind what is there; records that the backup's order does not name come last. */
const orderIn = ({ task, listing, stored }: Run, id: unknown): number =>
  task.reserved.after + 1 + (listing.position(id) ?? listing.size + (stored.position(id) ?? 0));

const inserted = async (run: Run, batch: readonly NewRecord[]): Promise<void> => {
  const refused = await insertRecords(run.task.place, batch);
  const failed = new Set(refused.map(({ record }) => record));
  note(
    run,
    batch.filter((record) => !failed.has(record)),
  );
  for (const { record, error } of refused) {
    const kept = await saved(run.task.place, { record, error });
    if (kept) note(run, [kept]);
    else run.leftOuts.add(`records of ${nameOf(run)}`, error.message, String(record.storedId));
  }
};

const note = (run: Run, records: readonly NewRecord[]): void => {
  run.done += records.length;
  for (const { lost, storedId } of records)
    for (const { column, reason } of lost)
      run.leftOuts.add(`values of "${column}" of ${nameOf(run)}`, reason, `record ${String(storedId)}`);
  run.work.progress({ records: run.done, recordsTotal: run.stored.size - run.before.size });
};

const nameOf = ({ task }: Run): string => nameOfTable(task.pair.stored);

const none: Iterable<unknown> = [];

const idsBefore = async ({ mode, place, reserved, existing }: RecordTask): Promise<IdIndex> => {
  if (mode !== 'missing' || existing === 0) return idIndex(none);
  const order = orderOf(place.table);
  // Without an order of its own the table does not tell the user's records from those of an earlier attempt.
  const where = order && `(${order.id},lte,${reserved.after})~or(${order.id},null)`;
  return presentIds(place, where);
};

const ownIds = async ({ mode, place, reserved }: RecordTask, { size }: IdIndex): Promise<IdIndex> => {
  const order = orderOf(place.table);
  if (mode === 'original') return presentIds(place);
  if (mode === 'missing')
    return order ? presentIds(place, `(${order.id},gt,${reserved.after})`) : idIndex(none);
  const { firstId } = reserved;
  return presentIds(place, `(${place.key.id},gte,${firstId})~and(${place.key.id},lt,${firstId + size})`);
};

/** Nothing is called done that NocoDB does not count. */
const checkCount = async ({ task, done, work }: Run): Promise<void> => {
  const { place, existing } = task;
  const counted = await place.target.api.count(place.table.id, undefined, work.signal);
  if (counted >= existing + done) return;
  throw new Error(
    `NocoDB counts ${counted} records in ${nameOfTable(task.pair.stored)} after ${done} were put back to ${existing}: ` +
      'somebody deletes records meanwhile, or it has lost some',
  );
};
