import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that PostgreSQL's own user can enter. */
export const reachableFolder = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nocodb-backup-seeded-'));
  await chmod(dir, 0o755);
  return dir;
};
