import { lstat, rm, unlink } from 'node:fs/promises';
import { PermanentError } from '@nocodb-backup/events';
import { codeOf } from './disk-error.js';
import { filesBelow } from './files-below.js';
import { absolute, artifactPlace, folderOf, type Place, syncFolder, verified } from './place.js';
import type { Removed } from './vault.js';

/**
 * Removes the folder of a backup and what is staged for it, the manifest first and synced: half removed it is no backup. Again is
 * fine. Links are removed, never followed. Rejects with PermanentError where this user may not.
 */
export const removeBackup = async (
  { backup, staging }: { readonly backup: Place; readonly staging: Place },
  signal?: AbortSignal,
): Promise<Removed> => {
  try {
    // Refuses a backup that is a link before anything is counted.
    const manifest = await verified(artifactPlace(backup, 'manifest.json'));
    const found = await counted(backup, signal);
    await unlinked(manifest);
    for (const folder of [backup, staging]) await folderRemoved(folder);
    return { ...found, warnings: [] };
  } catch (error) {
    throw removalError(error, backup);
  }
};

const counted = async (backup: Place, signal: AbortSignal | undefined) => {
  const found = { files: 0, bytes: 0 };
  for await (const { bytes } of filesBelow(backup)) {
    signal?.throwIfAborted();
    found.files += 1;
    found.bytes += bytes;
  }
  return found;
};

const unlinked = async (manifest: string): Promise<void> => {
  if (!(await isThere(manifest))) return;
  await unlink(manifest);
  await syncFolder(manifest.slice(0, manifest.lastIndexOf('/')));
};

const folderRemoved = async (folder: Place): Promise<void> => {
  const path = await verified(folder);
  if (!(await isThere(path))) return;
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  await syncFolder(absolute(folderOf(folder)));
};

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );

const forbidden: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS'];

const removalError = (error: unknown, { root, relative }: Place): unknown => {
  const code = codeOf(error);
  if (!forbidden.includes(code)) return error;
  return new PermanentError(
    `backup ${relative} cannot be removed from ${root} (${String(code)}: ${(error as Error).message}): let the user that this ` +
      `service runs as (uid ${String(process.getuid?.())}) write there, and see that nothing in it is made immutable`,
    { cause: error },
  );
};
