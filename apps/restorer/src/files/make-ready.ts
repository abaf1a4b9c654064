import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PermanentError } from '@nocodb-backup/events';
import type { StoredBackup } from '@nocodb-backup/vault';
import type { Work } from '../restoration.js';
import { ARCHIVE, archiveIn } from './archive.js';
import { codeOf } from './code-of.js';
import type { Layout } from './layout.js';
import { freeBytes } from './look.js';
import { isOwnedBy } from './place-entry.js';
import { DamagedArchiveError } from './read-archive.js';
import { unpack, type Unpacked } from './unpack.js';

/** Unpacks the archive beside the old tree, and gives the new one its name once it is whole. After an error nothing is left of it. */
export const makeReady = async (layout: Layout, work: Work): Promise<void> => {
  const attempt = join(layout.workshop, work.attemptId);
  try {
    await emptied(layout);
    await unpackedInto(attempt, layout, work);
    await synced(layout.directory, work.signal);
    // Another attempt may have been first: its tree is as good.
    await rename(attempt, layout.ready).catch(unlessTaken);
    await removed(attempt, layout);
  } catch (error) {
    await removed(attempt, layout);
    throw await explained(error, layout, work.backup);
  }
};

const removed = async (attempt: string, { workshop }: Layout): Promise<void> => {
  await rm(attempt, { recursive: true, force: true });
  await rmdir(workshop).catch(() => undefined);
};

/** Writes what is in memory to the disk of the folder: a restore that is reported done survives a power loss. */
export const synced = async (folder: string, signal: AbortSignal): Promise<void> => {
  const run = promisify(execFile);
  const options = { timeout: 600_000, signal };
  await run('sync', ['-f', folder], options).catch(async () => {
    signal.throwIfAborted();
    await run('sync', [], options);
  });
};

/** Attempts that were killed leave their folders. */
const emptied = async ({ workshop }: Layout): Promise<void> => {
  await mkdir(workshop, { mode: 0o700, recursive: true });
  for (const name of await readdir(workshop))
    if (name !== 'ready') await rm(join(workshop, name), { recursive: true, force: true });
};

const unpackedInto = async (attempt: string, { directory }: Layout, work: Work): Promise<void> => {
  const { backup, signal } = work;
  const { files, tarBytes } = backup.manifest.parts.files;
  const totals = backup.format === 'legacy' ? {} : { filesTotal: files, bytesTotal: tarBytes };
  const path = archiveIn(backup) ?? ARCHIVE;
  const tree = join(attempt, 'tree');
  await mkdir(tree, { recursive: true });
  const look = await stat(directory);
  await chmod(tree, (look.mode & 0o777) | 0o700);
  await isOwnedBy(look, (uid, gid) => chown(tree, uid, gid));
  const { held, ...outcome } = await unpack({
    archive: await backup.open(path),
    path,
    tree,
    signal,
    progress: ({ files, bytes }) => {
      work.progress({ files, bytes, ...totals });
    },
  });
  checkHeld(held, backup);
  await writeFile(join(attempt, 'outcome.json'), JSON.stringify(outcome), { mode: 0o600 });
};

/** Backups of the Python tool do not say how much they hold. */
const checkHeld = (held: Unpacked['held'], backup: StoredBackup): void => {
  const { id, format, manifest } = backup;
  const { files, tarBytes } = manifest.parts.files;
  if (format === 'legacy' || (held.files === files && held.tarBytes === tarBytes)) return;
  throw new PermanentError(
    `${archiveIn(backup) ?? ARCHIVE} of backup ${id} holds ${held.files} files in ${held.tarBytes} bytes where the manifest says ${files} in ${tarBytes}: ` +
      'the data directory was left as it was; use another backup',
  );
};

const explained = async (error: unknown, { directory }: Layout, backup: StoredBackup): Promise<unknown> => {
  const { id, manifest } = backup;
  const code = codeOf(error);
  const untouched = 'the data directory was left as it was';
  if (error instanceof DamagedArchiveError)
    return new PermanentError(
      `${archiveIn(backup) ?? ARCHIVE} of backup ${id} is damaged (${error.message}): ${untouched}; use another backup or another copy of this one`,
      { cause: error },
    );
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))
    return new PermanentError(
      `no space left on the disk of ${directory} (${code}): the new tree needs about ${manifest.parts.files.tarBytes} bytes beside ` +
        `the old one, ${await freeBytes(directory)} are free; ${untouched}. Make room there and ask again`,
      { cause: error },
    );
  if (['EACCES', 'EPERM', 'EROFS'].includes(code))
    return new PermanentError(
      `the new tree cannot be written into ${directory} (${code}): ${untouched}; let the user that this service runs as ` +
        `(uid ${String(process.geteuid?.())}) write there`,
      { cause: error },
    );
  return error;
};

const unlessTaken = (error: unknown): void => {
  if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
};
