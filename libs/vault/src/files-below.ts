import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactPath } from '@nocodb-backup/events';
import { codeOf } from './disk-error.js';
import { absolute, artifactPlace, type Place, verified } from './place.js';
import type { StoredFile } from './vault.js';

/** The regular files below a folder of a backup. What no artifact could be named is passed over, and so are links. */
export async function* filesBelow(backup: Place, folder?: string): AsyncGenerator<StoredFile> {
  const place = folder === undefined ? backup : artifactPlace(backup, folder);
  const root = await verified(place);
  for await (const entry of entriesIn(root)) {
    const path = folder === undefined ? entry.name : `${folder}/${entry.name}`;
    if (!ArtifactPath.safeParse(path).success) continue;
    if (entry.isDirectory()) yield* filesBelow(backup, path);
    else if (entry.isFile()) yield { path, bytes: (await lstat(join(absolute(backup), path))).size };
  }
}

async function* entriesIn(folder: string) {
  try {
    yield* await opendir(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
  }
}
