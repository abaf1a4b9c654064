import { createHash } from 'node:crypto';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { PermanentError } from '@nocodb-backup/events';
import { abortable } from './abortable.js';
import { codeOf, writeError } from './disk-error.js';
import { absolute, folderOf, makeFolder, partialPlace, type Place, syncFolder } from './place.js';

export interface Stored {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Streams the source into the place: to a partial name in `workshop` first, synced, then to its own name, which must be free.
 * After an error nothing is left.
 */
export const storeFile = async (
  place: Place,
  workshop: Place,
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<Stored> => {
  const partial = partialPlace(workshop);
  const figures = { bytes: 0, hash: createHash('sha256') };
  try {
    await makeFolder(folderOf(place));
    await makeFolder(workshop);
    await refuseTaken(place);
    await writeSynced(absolute(partial), source, figures, signal);
    await moveWithoutOverwriting(absolute(partial), absolute(place));
    await syncFolder(absolute(folderOf(place)));
  } catch (error) {
    await unlink(absolute(partial)).catch(() => undefined);
    throw await writeError(error, { root: place.root, target: absolute(place), written: figures.bytes });
  }
  return { bytes: figures.bytes, sha256: figures.hash.digest('hex') };
};

const writeSynced = async (
  path: string,
  source: AsyncIterable<Uint8Array>,
  figures: { bytes: number; readonly hash: ReturnType<typeof createHash> },
  signal: AbortSignal | undefined,
): Promise<void> => {
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of abortable(source, signal)) {
      await handle.writeFile(chunk);
      figures.hash.update(chunk);
      figures.bytes += chunk.byteLength;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A hard link fails where a rename would overwrite; a file system without links gets a look first, then the rename. */
export const moveWithoutOverwriting = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(to, error);
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '')) throw error;
    if (await exists(to)) throw taken(to, error);
    await rename(from, to);
    return;
  }
  await unlink(from);
};

const refuseTaken = async (place: Place): Promise<void> => {
  if (await exists(absolute(place))) throw taken(absolute(place));
};

const taken = (path: string, cause?: unknown): PermanentError =>
  new PermanentError(`${path} is there already: a backup never overwrites a file`, { cause });

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
