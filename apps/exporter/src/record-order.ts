import type { Artifact } from '@nocodb-backup/events';
import { type Listing, listingOrder, TableChangedError } from '@nocodb-backup/nocodb';
import { gzippedJson } from './gzip-json.js';
import { type Job, warn } from './job.js';
import { readAgain } from './read-again.js';

/**
 * The ids of the records in the order in which people see them, when NocoDB keeps one. It is read beside the records, so a
 * restore appends records that are not in it and takes an id that is in it twice once.
 */
export const exportOrder = async (job: Job): Promise<Artifact | undefined> => {
  const { table, columns } = job;
  const { key } = columns;
  const order = table.columns.find(({ uidt }) => uidt === 'Order');
  if (key === undefined || order === undefined) return undefined;
  const name = `the order of the records of "${table.title}"`;
  const listing = { tableId: table.id, name, key, order };
  const path = `${job.planned.folder}/order.json.gz`;
  try {
    return await readAgain(() => job.sink.store(path, gzippedJson(counted(job, listing)), job.signal));
  } catch (error) {
    if (!(error instanceof TableChangedError)) throw error;
    warn(job, `${name} could not be read whole: people changed the table meanwhile`);
    return undefined;
  }
};

async function* counted(job: Job, listing: Listing) {
  const before = await job.api.count(listing.tableId, undefined, job.signal);
  let read = 0;
  for await (const ids of listingOrder(job.api, listing, job.signal)) {
    read += ids.length;
    yield ids;
    job.progress({ ordered: read, recordsTotal: before });
  }
  if (read < Math.min(before, await job.api.count(listing.tableId, undefined, job.signal))) {
    throw new TableChangedError(`${read} of ${before} ids of ${listing.name} were read`);
  }
}
