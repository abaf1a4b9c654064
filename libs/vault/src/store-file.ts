import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
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
  const partial = absolute(partialPlace(workshop));
  const target = absolute(place);
  const figures = { bytes: 0, hash: createHash('sha256') };
  // What the source throws is its own affair, even if it is a system error, too.
  const ours: Ours = async (work) => {
    try {
      return await work;
    } catch (error) {
      throw await writeError(error, { root: place.root, target, written: figures.bytes });
    }
  };
  try {
    await ours(prepare(place, workshop));
    await writeSynced(await ours(open(partial, 'wx', 0o600)), abortable(source, signal), figures, ours);
    await ours(moveWithoutOverwriting(partial, target));
    await ours(syncFolder(dirname(target)));
  } catch (error) {
    await unlink(partial).catch(() => undefined);
    throw error;
  }
  return { bytes: figures.bytes, sha256: figures.hash.digest('hex') };
};

type Ours = <Result>(work: Promise<Result>) => Promise<Result>;

const prepare = async (place: Place, workshop: Place): Promise<void> => {
  await makeFolder(folderOf(place));
  await makeFolder(workshop);
  if (await exists(absolute(place))) throw taken(absolute(place));
};

const writeSynced = async (
  handle: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
  figures: { bytes: number; readonly hash: Hash },
  ours: Ours,
): Promise<void> => {
  try {
    for await (const chunk of chunks) {
      await ours(handle.writeFile(chunk));
      figures.hash.update(chunk);
      figures.bytes += chunk.byteLength;
    }
    await ours(handle.sync());
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
