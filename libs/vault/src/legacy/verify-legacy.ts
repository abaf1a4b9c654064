import type { Manifest } from '@nocodb-backup/backup';
import { abortable } from '../abortable.js';
import { type Checking, type Verifying, verifyEach } from '../checking.js';
import { DamageError } from '../damage-error.js';
import { damageOf } from '../damaged.js';
import { gunzipped } from '../gunzipped.js';
import { jsonItems } from '../json-items.js';
import type { Shelf } from '../shelf.js';

const RECORDS = /\/records\.json(\.gz)?$/;

/**
 * Reads stored files that have no digests: an archive must be whole, and records must be one JSON array. Attached files are
 * digested when they are read. Rejects with one PermanentError on all that is damaged.
 */
export const verifyLegacy = async (shelf: Shelf, manifest: Manifest, verifying: Verifying): Promise<void> => {
  const sizes = new Map(manifest.artifacts.map(({ path, bytes }) => [path, bytes]));
  const bytesTotal = verifying.paths.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  await verifyEach(manifest, { ...verifying, bytesTotal }, async (path, checking) => {
    if (sizes.has(path)) await readWhole(shelf, path, checking);
    else if (!path.endsWith('/attachments')) checking.damaged({ path, reason: 'it is not in the backup' });
  });
};

const readWhole = async (shelf: Shelf, path: string, checking: Checking): Promise<void> => {
  try {
    const bytes = heard(await shelf.vault.open(shelf.backupId, path), checking);
    const content = path.endsWith('.gz') ? gunzipped(bytes, checking.signal) : bytes;
    await drained(RECORDS.test(path) ? jsonItems(content) : content);
  } catch (error) {
    const reason = error instanceof DamageError ? error.message : damageOf(error);
    if (reason === undefined) throw error;
    checking.damaged({ path, reason });
  }
};

const drained = async (source: AsyncIterable<unknown>): Promise<void> => {
  const iterator = source[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
};

async function* heard(
  source: AsyncIterable<Uint8Array>,
  { signal, heard: hear }: Checking,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of abortable(source, signal)) {
    hear(chunk.byteLength);
    yield chunk;
  }
}
