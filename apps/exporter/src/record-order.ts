import type { Artifact } from '@nocodb-backup/events';
import { pages, TableChangedError } from '@nocodb-backup/nocodb';
import { gzippedJson } from './gzip-json.js';
import { type Job, warn } from './job.js';
import { readAgain } from './read-again.js';
import { recordId } from './records.js';

/**
 * The ids of the records in the order in which people see them, when NocoDB keeps one. It is read beside the records, so a
 * restore appends records that are not in it and takes an id that is in it twice once.
 */
export const exportOrder = async (job: Job): Promise<Artifact | undefined> => {
  const { table, columns } = job;
  const { key } = columns;
  if (key === undefined || !table.columns.some(({ uidt }) => uidt === 'Order')) return undefined;
  const reading = {
    tableId: table.id,
    name: `the order of the records of "${table.title}"`,
    fields: [key],
    key: [],
  };
  const path = `${job.planned.folder}/order.json.gz`;
  try {
    return await readAgain(() => job.sink.store(path, gzippedJson(ids(job, reading)), job.signal));
  } catch (error) {
    if (!(error instanceof TableChangedError)) throw error;
    warn(job, `the order of the records of "${table.title}" could not be read: people changed the table`);
    return undefined;
  }
};

async function* ids(job: Job, reading: Parameters<typeof pages>[1]) {
  for await (const { rows } of pages(job.api, reading, job.signal)) {
    yield rows.map((row) => recordId(job, row));
  }
}
