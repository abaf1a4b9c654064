import { createHash } from 'node:crypto';
import { allEvents } from '@nocodb-backup/events';
import { columns } from '../model/entities.js';

/** Counted up when the same facts make other rows. */
const GENERATION = 1;

/** What makes the rows. Tables that something else has made (an older program, which skipped facts that it did not know) are made anew. */
export const fingerprint: string = createHash('sha256')
  .update(
    JSON.stringify([GENERATION, allEvents.map(({ type, version }) => `${type}:${version}`).sort(), columns]),
  )
  .digest('hex')
  .slice(0, 16);
