import { instantOf } from '@nocodb-backup/backup';
import type { Bucket } from './bucket.js';
import { STAGING } from './object-path.js';

/** Ids of backups of which attempts have staged something, or begun to upload it and not completed that. */
export const leftovers = async (bucket: Bucket): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for await (const id of bucket.folders(`${STAGING}/`)) ids.add(id);
  const prefix = bucket.key('').length;
  for await (const { key } of bucket.uploads('')) {
    const [first = '', second = ''] = key.slice(prefix).split('/');
    ids.add(first === STAGING ? second : first);
  }
  return new Set([...ids].filter(instantOf));
};
