import {
  chmod,
  chown,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  type FileHandle,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadEntry } from 'tar';
import { codeOf } from './code-of.js';
import type { Verdict } from './judge.js';

/** Owner and mode of an archived entry; undefined where the archive does not say. */
export interface Owned {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly mode?: number | undefined;
}

export interface Placed {
  /** Bytes of the file's content. */
  readonly bytes: number;
  /** Whether it belongs to whom the archive says. */
  readonly isOwned: boolean;
}

/** What is to be made of an entry that is not refused. */
export type Place = Exclude<Verdict, { kind: 'refused' }>;

/**
 * Makes one entry below `tree`, through real folders alone and never over something that is there. Rejects with the file
 * system's error: EEXIST for a place that is taken, ENOTDIR for one below what is no folder.
 */
export const placeEntry = async (tree: string, entry: ReadEntry, verdict: Place): Promise<Placed> => {
  const path = join(tree, verdict.place);
  await makeFolders(tree, dirname(verdict.place), { uid: entry.uid, gid: entry.gid });
  switch (verdict.kind) {
    case 'file':
      return writeFile(path, entry);
    case 'folder':
      return { bytes: 0, isOwned: await makeFolder(path, entry) };
    case 'symlink':
      await symlink(verdict.to, path);
      if (entry.mtime) await lutimes(path, entry.mtime, entry.mtime);
      return { bytes: 0, isOwned: await isOwnedBy(entry, (uid, gid) => lchown(path, uid, gid)) };
    case 'hardlink':
      await link(join(tree, verdict.to), path);
      return { bytes: 0, isOwned: true };
  }
};

/** The bits of a mode that are kept: no program of an archive runs as somebody else. */
export const modeOf = ({ mode = 0o644 }: Pick<Owned, 'mode'>): number => mode & 0o777;

/** Gives something to whom the archive says; false where this process may not. */
export const isOwnedBy = async (
  { uid, gid }: Pick<Owned, 'uid' | 'gid'>,
  change: (uid: number, gid: number) => Promise<void>,
): Promise<boolean> => {
  if (uid === undefined || gid === undefined) return true;
  if (uid === process.geteuid?.() && gid === process.getegid?.()) return true;
  try {
    await change(uid, gid);
    return true;
  } catch (error) {
    if (!['EPERM', 'EINVAL'].includes(codeOf(error))) throw error;
    return false;
  }
};

const writeFile = async (path: string, entry: ReadEntry): Promise<Placed> => {
  const handle = await open(path, 'wx', 0o600);
  try {
    const bytes = await written(handle, entry);
    if (entry.mtime) await handle.utimes(entry.mtime, entry.mtime);
    await handle.chmod(modeOf(entry));
    return { bytes, isOwned: await isOwnedBy(entry, (uid, gid) => handle.chown(uid, gid)) };
  } finally {
    await handle.close();
  }
};

const written = async (handle: FileHandle, entry: ReadEntry): Promise<number> => {
  let bytes = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    await handle.writeFile(chunk);
    bytes += chunk.length;
  }
  if (bytes === entry.size) return bytes;
  throw new Error(`${entry.path} has ${bytes} bytes where the archive promised ${entry.size}`);
};

/** This user must be able to fill the folder, whatever its mode says. */
const makeFolder = async (path: string, entry: ReadEntry): Promise<boolean> => {
  await mkdir(path).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EEXIST' || !(await lstat(path)).isDirectory()) throw error;
  });
  await chmod(path, modeOf({ mode: entry.mode ?? 0o755 }) | 0o700);
  return isOwnedBy(entry, (uid, gid) => chown(path, uid, gid));
};

/** Folders that the archive does not name, or not yet; they belong to whom the entry belongs to. */
const makeFolders = async (tree: string, place: string, owner: Pick<Owned, 'uid' | 'gid'>): Promise<void> => {
  if (place === '.') return;
  const path = join(tree, place);
  const stats = await lstat(path).catch(() => undefined);
  await makeFolders(tree, dirname(place), owner);
  if (stats?.isDirectory()) return;
  if (stats) throw Object.assign(new Error(`${path} is no folder`), { code: 'ENOTDIR' });
  await mkdir(path, { mode: 0o755 });
  await isOwnedBy(owner, (uid, gid) => chown(path, uid, gid));
};
