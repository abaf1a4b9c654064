import { constants, access, lstat, readdir, readFile, realpath, stat, statfs } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { RefusedError } from '../refused-error.js';
import { isFixed } from './layout.js';
import { codeOf } from './code-of.js';
import { overridesOwners } from './overrides-owners.js';

/** The data directory before anything is touched. */
export interface Look {
  /** Its real path. */
  readonly directory: string;
  /** Names that would be set aside. */
  readonly entries: readonly string[];
  /** Bytes that this user may still write there. */
  readonly freeBytes: number;
}

/** Looks whether the tree in the data directory can be replaced. Throws a RefusedError that says why not. */
export const lookAt = async (path: string, vaultDirectory: string): Promise<Look> => {
  const directory = await reached(path);
  await checkApart(directory, vaultDirectory);
  await checkMounts(directory);
  const entries = await checkMovable(directory);
  return { directory, entries, freeBytes: await freeBytes(directory) };
};

export const freeBytes = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
};

const reached = async (path: string): Promise<string> => {
  try {
    const directory = await realpath(path);
    if ((await stat(directory)).isDirectory()) return directory;
  } catch (error) {
    throw new RefusedError(
      `the data directory ${path} cannot be reached (${codeOf(error)}): mount NocoDB's volume there, or set NOCODB_DATA_PATH; ` +
        'if it shall be a new one, make the folder first',
      { cause: error },
    );
  }
  throw new RefusedError(`${path} is no directory: set NOCODB_DATA_PATH to NocoDB's`);
};

const checkApart = async (directory: string, vaultDirectory: string): Promise<void> => {
  const way = relative(directory, await realpath(vaultDirectory).catch(() => vaultDirectory));
  if (isAbsolute(way) || way.split('/')[0] === '..') return;
  throw new RefusedError(
    `the backups in ${vaultDirectory} lie inside the data directory ${directory} and would be moved with it: ` +
      'set NOCODB_BACKUP_DIR to a place outside of NOCODB_DATA_PATH',
  );
};

/** A mount cannot be renamed, and what is mounted deeper would go away with the old tree. */
const checkMounts = async (directory: string): Promise<void> => {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const mounts = text.split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''));
  const below = directory === '/' ? '/' : `${directory}/`;
  const inside = mounts.find((mount) => mount.startsWith(below) && mount !== '/');
  if (inside === undefined) return;
  throw new RefusedError(
    `${inside} is a mount of its own inside the data directory ${directory}, and cannot be set aside: unmount it, ` +
      'or unpack nocodb-data.tar.gz yourself with tar',
  );
};

const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** What a rename needs: the directory writable, and each folder too, as it gets another parent. */
const checkMovable = async (directory: string): Promise<string[]> => {
  await mayWrite(directory);
  const names = (await readdir(directory)).filter((name) => !isFixed(name));
  const { mode, uid } = await stat(directory);
  const isSticky = (mode & 0o1000) !== 0 && ![0, uid].includes(process.geteuid?.() ?? 0);
  for (const path of names.map((name) => join(directory, name))) {
    const stats = await lstat(path);
    if (stats.isDirectory()) await mayWrite(path);
    if (isSticky && stats.uid !== process.geteuid?.()) throw await notOurs(path, 'EPERM');
  }
  return names;
};

const mayWrite = async (path: string): Promise<void> => {
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (
      codeOf(error) === 'EACCES' &&
      overridesOwners(await readFile('/proc/self/status', 'utf8').catch(() => ''))
    )
      return;
    throw await notOurs(path, codeOf(error));
  }
};

const notOurs = async (path: string, code: string): Promise<RefusedError> => {
  if (code === 'EROFS')
    return new RefusedError(
      `${path} is mounted read-only: mount it writable for this service (without \`:ro\`)`,
    );
  const { uid, gid } = await lstat(path);
  return new RefusedError(
    `${path} belongs to uid ${uid}, gid ${gid}, and the user that this service runs as (uid ${String(process.geteuid?.())}) may not ` +
      `replace it (${code}), so nothing was touched: run the restore as root, or with the capabilities CAP_CHOWN, CAP_FOWNER and ` +
      `CAP_DAC_OVERRIDE, or as uid ${uid}`,
  );
};
