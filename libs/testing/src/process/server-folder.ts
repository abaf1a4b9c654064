import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one server: the given one, which stays, or a temporary one, which `remove()` takes away. */
export const serverFolder = async (kind: string, given?: string) => {
  const dir = given ?? (await mkdtemp(join(tmpdir(), `nocodb-backup-${kind}-`)));
  const remove = async () => {
    if (given === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  return { dir, remove };
};
