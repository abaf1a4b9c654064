import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseConfig, StagingSettings, VaultSettings } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { sizeText } from '../views/figures.js';
import { type Check, fail, type Finding, ok, warn } from './check.js';

/** The bytes that one backup may need at most, or undefined when nobody knows. */
export type Need = (signal: AbortSignal) => Promise<number | undefined>;

/** The backup directory is there or can be made, can be written to, and has room for a backup. */
export const vaultCheck = (context: CliContext, need: Need): Check => ({
  name: 'backup directory',
  find: async (signal) => {
    const settings = VaultSettings.extend(StagingSettings.shape);
    const { NOCODB_BACKUP_DIR, NOCODB_BACKUP_STAGING } = parseConfig(settings, context.environment());
    if (NOCODB_BACKUP_STAGING === 's3') return ok('not wanted (NOCODB_BACKUP_STAGING)');
    const directory = resolve(NOCODB_BACKUP_DIR);
    const there = await nearest(directory);
    const problem = await writeProblem(there);
    if (problem !== undefined)
      return fail(
        `${there} cannot be written to: ${problem}`,
        `Let the user that this program runs as (uid ${String(process.getuid?.())}) write there, or set NOCODB_BACKUP_DIR`,
      );
    const { bavail, bsize } = await statfs(there);
    const text = there === directory ? directory : `${directory} will be made`;
    return roomFor(text, bavail * bsize, await need(signal).catch(() => undefined));
  },
});

const roomFor = (directory: string, free: number, needed: number | undefined): Finding => {
  if (needed === undefined) return ok(`${directory}, ${sizeText(free)} free`);
  const text = `${directory}, ${sizeText(free)} free; a backup takes at most about ${sizeText(needed)} before compression`;
  return free > needed ? ok(text) : warn(text, 'Free space there, or set NOCODB_BACKUP_DIR to a larger disk');
};

/** The directory, or the closest one above it that exists. */
const nearest = async (directory: string): Promise<string> => {
  const stats = await stat(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (stats?.isDirectory() === false)
    throw new Error(`${directory} is a file, where a directory is needed: set NOCODB_BACKUP_DIR`);
  return stats ? directory : nearest(dirname(directory));
};

/** Only trying tells: a read-only mount lets access(2) of root pass. */
const writeProblem = async (directory: string): Promise<string | undefined> => {
  try {
    await rmdir(await mkdtemp(join(directory, '.doctor-')));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};
