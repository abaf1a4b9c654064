import { type Attachment, NocoDbError, UncertainError } from '@nocodb-backup/nocodb';
import { failsTooOften, type Job, leave } from './job.js';
import { type Decision, isSameCell, mendedCell, writableEntry } from './mended-cell.js';
import { type Records, recordsOf, type TargetCell, whatItHolds } from './target-cell.js';

/** A cell of the target whose lacking files are uploaded. */
export interface MendedCell {
  readonly cell: TargetCell;
  /** What it held when that was decided. */
  readonly before: readonly Attachment[];
  readonly decisions: readonly Decision[];
}

interface Change {
  readonly mended: MendedCell;
  readonly entries: readonly Attachment[];
}

const rounds = 4;

/**
 * Writes the cells, each from what it holds at that moment, and reads them again until they hold what they shall: people go on
 * working, an uncertain request may have been carried out, and NocoDB ignores a column that it does not know.
 */
export const linkFiles = async (job: Job, cells: readonly MendedCell[]): Promise<void> => {
  let failure = new NocoDbError('it does not keep what is written', 200);
  let changes = await changesOf(
    job,
    cells.filter((mended) => freshOf(mended).length > 0),
  );
  for (let round = 1; changes.length > 0; round++) {
    try {
      await write(job, changes);
    } catch (error) {
      if (!(error instanceof NocoDbError) || error.status === 403) throw error;
      failure = error;
    }
    changes = await changesOf(
      job,
      changes.map(({ mended }) => mended),
    );
    if (round === rounds || isRefusal(failure)) return refuse(job, changes, failure);
  }
};

/** The cells that are not yet as they shall be; the others are counted, or left out when there is no such cell any more. */
const changesOf = async (job: Job, cells: readonly MendedCell[]): Promise<readonly Change[]> => {
  if (cells.length === 0) return [];
  const records = await recordsOf(
    job,
    cells.map(({ cell }) => cell),
  );
  return cells.flatMap((mended) => changeOf(job, mended, records) ?? []);
};

const changeOf = (job: Job, mended: MendedCell, records: Records): Change | undefined => {
  const now = whatItHolds(mended.cell, records);
  if (typeof now === 'string') {
    for (const { file } of freshOf(mended)) leave(job, file, now);
    return undefined;
  }
  const entries = mendedCell(now, mended.before, mended.decisions);
  if (!isSameCell(now, entries)) return { mended, entries };
  for (const { file } of freshOf(mended)) {
    job.figures.failing = 0;
    job.figures.files++;
    job.figures.bytes += file.bytes;
  }
  return undefined;
};

const freshOf = ({ decisions }: MendedCell) => decisions.filter(({ fresh }) => fresh !== undefined);

const write = async ({ target, table, key, work }: Job, changes: readonly Change[]): Promise<void> => {
  const rows = new Map<string, Record<string, unknown>>();
  for (const { mended, entries } of changes) {
    const { record, column } = mended.cell;
    const row = rows.get(String(record)) ?? { [key?.id ?? '']: record };
    rows.set(String(record), { ...row, [column.id]: entries.map(writableEntry) });
  }
  await target.records.update(table.id, [...rows.values()], work.signal);
};

/** Another try would end as this one; 404 is a record that was deleted meanwhile, which is seen when it is read again. */
const isRefusal = (error: NocoDbError): boolean =>
  !(error instanceof UncertainError) && error.status >= 400 && error.status !== 404 && error.status !== 429;

/** Narrows a refusal down to the record that it is about. Throws when NocoDB does not answer at all. */
const refuse = async (job: Job, changes: readonly Change[], failure: NocoDbError): Promise<void> => {
  if (failure.status === 0 || failure.status === 429) throw failure;
  const records = Map.groupBy(changes, ({ mended }) => String(mended.cell.record));
  if (records.size > 1) {
    for (const [, own] of records)
      await linkFiles(
        job,
        own.map(({ mended }) => mended),
      );
    return;
  }
  if (changes.length > 0 && failsTooOften(job)) throw failure;
  for (const { mended } of changes)
    for (const { file } of freshOf(mended))
      leave(job, file, `NocoDB refuses to link them: ${failure.message}`);
};
