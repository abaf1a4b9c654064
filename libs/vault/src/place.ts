import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupId } from '@nocodb-backup/backup';
import { ArtifactPath, Attempt, PermanentError } from '@nocodb-backup/events';
import { checked } from './checked.js';
import { DamageError } from './damage-error.js';
import { codeOf } from './disk-error.js';

const STAGING = '.staging';
const PARTIAL = '.partial-';

/** A file or folder of the vault: `root` may be anything, below it no step may be a symbolic link. */
export interface Place {
  readonly root: string;
  readonly relative: string;
}

/** Where a backup lies once it is published. */
export const backupPlace = (root: string, backupId: string): Place => ({
  root,
  relative: checked(BackupId, backupId, 'backup id'),
});

/** Where the attempts of a backup write. */
export const stagingPlace = (root: string, backupId: string): Place =>
  below({ root, relative: STAGING }, checked(BackupId, backupId, 'backup id'));

/** Where one attempt writes. */
export const attemptPlace = (root: string, backupId: string, attemptId: string): Place =>
  below(stagingPlace(root, backupId), checked(Attempt, attemptId, 'attempt id'));

/** The place of an artifact in a folder of the vault. Throws PermanentError for a path that leaves the folder. */
export const artifactPlace = (folder: Place, path: string): Place => {
  if (!path.isWellFormed() || path.split('/').some((segment) => segment.startsWith(PARTIAL)))
    throw new PermanentError(`${JSON.stringify(path)} is no name for a file of a backup`);
  return below(folder, checked(ArtifactPath, path, 'artifact path'));
};

/** A name in the folder for a file that is being written; no artifact can have it. */
export const partialPlace = (folder: Place): Place => below(folder, `${PARTIAL}${crypto.randomUUID()}`);

export const absolute = ({ root, relative }: Place): string => join(root, relative);

/** The place's absolute name, once none of the folders on the way proves to be a link or a file. */
export const verified = async (place: Place): Promise<string> => {
  for (const folder of foldersTo(place)) await checkFolder(folder);
  return absolute(place);
};

/** Makes the place, a folder, and those on the way to it. Each new one is synced, so that a power loss does not undo it. */
export const makeFolder = async (place: Place): Promise<void> => {
  await mkdir(place.root, { recursive: true, mode: 0o700 });
  for (const folder of [...foldersTo(place), absolute(place)]) {
    const isNew = await madeHere(folder);
    if (isNew) await syncFolder(dirname(folder));
    else await checkFolder(folder);
  }
};

/** Makes the names in the folder survive a power loss. File systems that cannot sync a folder do so by themselves. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder);
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
};

/** The folder that holds the place. */
export const folderOf = ({ root, relative }: Place): Place => ({ root, relative: dirname(relative) });

const below = ({ root, relative }: Place, path: string): Place => ({ root, relative: join(relative, path) });

const foldersTo = ({ root, relative }: Place): string[] => {
  const names = relative.split('/').slice(0, -1);
  return names.map((_, index) => join(root, ...names.slice(0, index + 1)));
};

const checkFolder = async (folder: string): Promise<void> => {
  const stats = await lstat(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (stats && !stats.isDirectory())
    throw new DamageError(`${folder} is no directory (or a link to one): a backup does not go through it`);
};

const madeHere = async (folder: string): Promise<boolean> => {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};
