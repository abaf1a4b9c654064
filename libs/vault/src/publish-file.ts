import { lstat, unlink } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { codeOf, writeError } from './disk-error.js';
import { absolute, folderOf, makeFolder, type Place, syncFolder, verified } from './place.js';
import { moveWithoutOverwriting } from './store-file.js';

/** Moves a staged artifact to its place in the backup. What an earlier attempt moved is fine, another file there is not. */
export const publishFile = async (staged: Place, place: Place, artifact: Artifact): Promise<void> => {
  try {
    const from = await verified(staged);
    const to = await verified(place);
    const before = await lookedUp(from);
    if (before) await publish(from, place, { before, artifact });
    await checkPublished(to, artifact, from);
  } catch (error) {
    throw await writeError(error, { root: place.root, target: absolute(place), written: 0 });
  }
};

const publish = async (
  from: string,
  place: Place,
  { before, artifact }: { before: Stats; artifact: Artifact },
): Promise<void> => {
  checkSize(from, before, artifact);
  await makeFolder(folderOf(place));
  await moveWithoutOverwriting(from, absolute(place)).catch(async (error: unknown) => {
    if (!(await isSameFile(absolute(place), before))) ignoreMissing(error);
    await unlink(from).catch(ignoreMissing);
  });
  await syncFolder(absolute(folderOf(place)));
};

/** Both names lead to one file when another attempt to seal the backup moves it right now, or was killed on the way. */
const isSameFile = async (path: string, { ino, dev }: Stats): Promise<boolean> => {
  const there = await lookedUp(path);
  return there?.ino === ino && there.dev === dev;
};

/** Whoever comes late finds the staged name gone. */
const ignoreMissing = (error: unknown): void => {
  if (codeOf(error) !== 'ENOENT') throw error;
};

const checkPublished = async (path: string, artifact: Artifact, staged: string): Promise<void> => {
  const stats = await lookedUp(path);
  if (!stats)
    throw new PermanentError(
      `${artifact.path} has vanished: it is neither at ${path} nor staged at ${staged}. ` +
        'Somebody removed it; this backup cannot be completed, request another one',
    );
  checkSize(path, stats, artifact);
};

const checkSize = (path: string, stats: Stats, { bytes }: Artifact): void => {
  if (!stats.isFile()) throw new PermanentError(`${path} is no regular file, so it is not what was stored`);
  if (stats.size !== bytes)
    throw new PermanentError(`${path} has ${stats.size} bytes where ${bytes} were stored: it was changed`);
};

const lookedUp = (path: string): Promise<Stats | undefined> =>
  lstat(path).catch((error: unknown) => {
    ignoreMissing(error);
    return undefined;
  });
