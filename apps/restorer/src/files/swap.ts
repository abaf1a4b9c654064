import { chmod, chown, lstat, mkdir, readdir, rename, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError } from '@nocodb-backup/events';
import { isFixed, type Layout } from './layout.js';
import { codeOf } from './code-of.js';
import { isOwnedBy } from './place-entry.js';

/**
 * How far a restore has come. What lies where tells it, so that an attempt after a `kill -9` goes on; each stage ends with one
 * rename, or the removal of an empty folder.
 */
export type Stage = 'unpack' | 'set aside' | 'put in place' | 'done';

export const stageOf = async ({ ready, tree, placing }: Layout): Promise<Stage> => {
  if (await exists(tree)) return 'set aside';
  if (await exists(placing)) return 'put in place';
  return (await exists(ready)) ? 'done' : 'unpack';
};

export interface Swapping {
  readonly signal: AbortSignal;
  /** `rename`, if not given. */
  readonly move?: typeof rename;
}

/** Sets the old entries of the data directory aside and puts the new ones in their place, from wherever an earlier attempt got to. */
export const swap = async (layout: Layout, { signal, move = rename }: Swapping): Promise<void> => {
  if ((await stageOf(layout)) === 'set aside') await setAside(layout, { signal, move });
  if ((await stageOf(layout)) === 'put in place') await putInPlace(layout, { signal, move });
};

const setAside = async (layout: Layout, { signal, move }: Required<Swapping>): Promise<void> => {
  const { directory, tree, placing } = layout;
  const names = (await readdir(directory)).filter((name) => !isFixed(name));
  for (const name of names) {
    signal.throwIfAborted();
    // Another attempt may have gone on: what lies there now may be new.
    if (!(await exists(tree))) return;
    await moveAside(name, layout, move).catch((error: unknown) => putBack(error, name, { layout, move }));
  }
  await move(tree, placing).catch(unlessGone);
};

/** Under another name where an attempt that was killed has set aside one of this name, and NocoDB made it anew. */
const moveAside = async (name: string, { directory, aside }: Layout, move: typeof rename): Promise<void> => {
  await mkdir(aside, { mode: 0o700, recursive: true });
  let to = join(aside, name);
  for (let n = 2; await exists(to); n++) to = join(aside, `${name}.${n}`);
  await move(join(directory, name), to).catch(unlessGone);
};

/** An entry cannot be moved, such as a mount: the old tree becomes what it was. */
const putBack = async (
  error: unknown,
  name: string,
  { layout, move }: { layout: Layout; move: typeof rename },
) => {
  const { directory, aside } = layout;
  for (const old of await readdir(aside))
    if (!(await exists(join(directory, old)))) await move(join(aside, old), join(directory, old));
  await rmdir(aside).catch(() => undefined);
  throw new PermanentError(
    `${join(directory, name)} cannot be moved (${codeOf(error)}), so the data directory was left as it was: ` +
      'it may be a mount of its own, or belong to a user whose files this service may not move',
    { cause: error },
  );
};

const putInPlace = async (layout: Layout, { signal, move }: Required<Swapping>): Promise<void> => {
  const { directory, placing, aside } = layout;
  for (const name of await namesIn(placing)) {
    signal.throwIfAborted();
    const [from, to] = [join(placing, name), join(directory, name)];
    const isTaken = await exists(to);
    // In this order: what is still to be placed is not what is there.
    if (!(await exists(from))) continue;
    if (isTaken) await moveAside(name, layout, move);
    await move(from, to).catch((error: unknown) => {
      unlessGone(error, () => stuck(error, { to, placing, aside }));
    });
  }
  await takeLookOf(placing, directory);
  await rmdir(placing).catch(unlessGone);
};

const stuck = (
  error: unknown,
  { to, placing, aside }: { to: string; placing: string; aside: string },
): Error =>
  new Error(
    `${to} could not be put in place (${codeOf(error)}): the rest of the new tree lies in ${placing}, the old one in ${aside}; ` +
      'the next attempt goes on there',
    { cause: error },
  );

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    unlessGone(error);
    return [];
  });

/** The data directory gets owner and mode of the new tree, where this user may give them; special bits stay its own. */
const takeLookOf = async (tree: string, directory: string): Promise<void> => {
  const [wanted, now] = await Promise.all([stat(tree).catch(() => undefined), stat(directory)]);
  if (!wanted) return;
  const mode = (now.mode & 0o7000) | (wanted.mode & 0o777);
  if (mode !== (now.mode & 0o7777)) await chmod(directory, mode).catch(unlessForbidden);
  if (wanted.uid !== now.uid || wanted.gid !== now.gid)
    await isOwnedBy(wanted, (uid, gid) => chown(directory, uid, gid));
};

const unlessForbidden = (error: unknown): void => {
  if (codeOf(error) !== 'EPERM') throw error;
};

/** Another attempt has done it. */
const unlessGone = (error: unknown, wrapped: () => unknown = () => error): void => {
  if (codeOf(error) !== 'ENOENT') throw wrapped();
};

export const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
