import type { Artifact } from '@nocodb-backup/events';
import {
  type Column,
  isRounded,
  NocoDbError,
  pages,
  type Reading,
  roundable,
  roundingWarning,
  type Row,
} from '@nocodb-backup/nocodb';
import { recordsDigest } from './content-digest.js';
import { gzippedJson } from './gzip-json.js';
import { type Job, warn } from './job.js';
import { readAgain } from './read-again.js';

export interface RecordsExported {
  readonly artifact: Artifact;
  readonly records: number;
  /** Of what they hold, not of how it is stored. */
  readonly digest: string;
}

/** All records, in the order of their ids, every cell as the API gives it; counted against the server. */
export const exportRecords = async (job: Job): Promise<RecordsExported> => {
  const { stored, computed } = job.columns;
  try {
    return await readAgain(() => written(job, [...stored, ...computed]));
  } catch (error) {
    if (computed.length === 0 || !mayBeComputing(error)) throw error;
    const records = await readAgain(() => written(job, stored));
    const titles = computed.map(({ title }) => `"${title}"`).join(', ');
    warn(job, `NocoDB could not compute ${titles} of "${job.table.title}", so they are not in its records`);
    return records;
  }
};

/** A formula that divides by zero makes NocoDB refuse the page; what is stored can be read all the same. */
const mayBeComputing = (error: unknown): boolean =>
  error instanceof NocoDbError && [400, 422, 500].includes(error.status);

const written = async (job: Job, fields: readonly Column[]): Promise<RecordsExported> => {
  const { table, columns } = job;
  const name = `the records of "${table.title}"`;
  const figures = { records: 0 };
  const rows = watched(job, { tableId: table.id, name, fields, key: columns.keys }, figures);
  const path = `${job.planned.folder}/records.json.gz`;
  const content = recordsDigest(fields);
  const artifact = await job.sink.store(path, gzippedJson(rows, content.heard), job.signal);
  return { artifact, ...figures, digest: content.digest() };
};

async function* watched(job: Job, reading: Reading, figures: { records: number }) {
  const numbers = new Set(roundable(reading.fields));
  for await (const { rows, total } of pages(job.api, reading, job.signal)) {
    for (const column of numbers) {
      const row = rows.find((candidate) => isRounded(column, candidate));
      if (row === undefined) continue;
      warn(job, roundingWarning(column, job.table.title, recordId(job, row)));
      numbers.delete(column);
    }
    yield rows;
    figures.records += rows.length;
    job.progress({ records: figures.records, recordsTotal: total });
  }
}

/** The id that NocoDB knows the record by; undefined in a table without a key. */
export const recordId = ({ columns }: Pick<Job, 'columns'>, row: Row): unknown =>
  columns.key === undefined ? undefined : row[columns.key.title];
