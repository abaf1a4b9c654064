import {
  type Attachment,
  attachmentsIn,
  type Column,
  isNumeric,
  NocoDbError,
  type Row,
} from '@nocodb-backup/nocodb';
import type { Job } from './job.js';
import type { StoredFile } from './stored-cells.js';

/** A cell of the target, and the files of the backup that belong into it. */
export interface TargetCell {
  readonly record: number | string;
  readonly column: Column;
  readonly files: readonly StoredFile[];
}

export type Records = ReadonlyMap<string, Row>;

/** The target's records by id, as text, with the cells that are asked for; what is not there is missing. */
export const recordsOf = async (job: Job, cells: readonly TargetCell[]): Promise<Records> => {
  const found = new Map<string, Row>();
  const { key } = job;
  if (key === undefined) return found;
  const wanted = new Set(cells.map(({ record }) => String(record)));
  if (isNumeric(key) || [...wanted].every(isPlain)) await addListed(job, { key, cells, wanted }, found);
  else for (const id of wanted) await addOne(job, id, found);
  return found;
};

/** What the cell holds now, or the reason why nothing can be put into it. */
export const whatItHolds = (
  { record, column }: TargetCell,
  records: Records,
): readonly Attachment[] | string => {
  const row = records.get(String(record));
  if (row === undefined) return 'their records are not on the target';
  const cell = row[column.title];
  const entries = attachmentsIn(cell);
  if (entries.length > 0 || isEmpty(cell)) return entries;
  return 'their cells on the target hold something else than attachments, which is not overwritten';
};

const isEmpty = (cell: unknown): boolean =>
  cell === null || cell === undefined || cell === '' || ['[]', '"[]"'].includes(JSON.stringify(cell));

/** Other texts would need quotes that NocoDB's conditions do not have. */
const isPlain = (id: string): boolean => /^[\w-]+$/.test(id);

interface Wanted {
  readonly key: Column;
  readonly cells: readonly TargetCell[];
  readonly wanted: Set<string>;
}

const addListed = async (job: Job, { key, cells, wanted }: Wanted, found: Map<string, Row>) => {
  const fields = [...new Set([key.id, ...cells.map(({ column }) => column.id)])].join(',');
  while (wanted.size > 0) {
    const query = { fields, where: `(${key.id},in,${[...wanted].join(',')})`, limit: wanted.size };
    const { list } = await job.target.api.records(job.table.id, query, job.work.signal);
    const rows = list
      .map((row) => [String(row[key.title]), row] as const)
      .filter(([id]) => wanted.delete(id));
    // A server may be set to give fewer rows at once than were asked for: the rest is asked for again.
    if (rows.length === 0) return;
    for (const [id, row] of rows) found.set(id, row);
  }
};

const addOne = async (job: Job, id: string, found: Map<string, Row>): Promise<void> => {
  try {
    found.set(id, await job.target.api.record(job.table.id, id, job.work.signal));
  } catch (error) {
    if (!(error instanceof NocoDbError) || error.status !== 404) throw error;
  }
};
