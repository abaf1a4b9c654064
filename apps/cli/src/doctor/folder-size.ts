import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
  /** The walk was cut short: there is more. */
  readonly isCut: boolean;
}

const MOST = 50_000;

/** The size of the files below a directory, of the first 50,000 entries at most. Throws when one of its folders cannot be read. */
export const folderSize = async (folder: string, signal: AbortSignal): Promise<FolderSize> => {
  const waiting = [folder];
  let files = 0;
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for await (const entry of await opendir(next)) {
      signal.throwIfAborted();
      if (entry.isDirectory()) waiting.push(join(next, entry.name));
      else bytes += await sizeOf(next, entry);
      files += entry.isDirectory() ? 0 : 1;
      if (files >= MOST) return { files, bytes, isCut: true };
    }
  }
  return { files, bytes, isCut: false };
};

/** What vanishes while one looks is no loss. */
const sizeOf = async (folder: string, entry: Dirent): Promise<number> => {
  const stats = await lstat(join(folder, entry.name)).catch(() => undefined);
  return stats?.size ?? 0;
};
