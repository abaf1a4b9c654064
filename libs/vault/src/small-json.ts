import { DamageError } from './damage-error.js';
import { unreadable } from './damaged.js';
import type { Shelf } from './shelf.js';

/** A table of thousands of columns and views stays far below this. */
const LIMIT = 64 * 1024 * 1024;

/** The content of a small JSON file of the backup. Throws DamageError for one that is missing, damaged or absurdly large. */
export const smallJson = async ({ vault, backupId }: Shelf, path: string): Promise<unknown> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (await vault.open(backupId, path)) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > LIMIT)
      throw new DamageError(
        `${path} of backup ${backupId} has more than the ${LIMIT} bytes that it may have`,
      );
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw unreadable(error, backupId, path);
  }
};
