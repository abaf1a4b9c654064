import type { Shelf } from '../shelf.js';

const DUMP = 'database.sql.gz';
const KNOWN: readonly string[] = [DUMP, 'nocodb-data.tar.gz'];

/**
 * Whether the folder holds what the Python tool's `--db-only` leaves: a dump, perhaps the data files, and nothing else. A
 * backup of this program that ended half way has its dump beside `database.json`, and a staging folder until it is sealed.
 */
export const isBareDump = async ({ vault, backupId }: Shelf): Promise<boolean> => {
  if (await vault.isStaged(backupId)) return false;
  let hasDump = false;
  for await (const { path } of vault.files(backupId)) {
    if (!KNOWN.includes(path)) return false;
    hasDump ||= path === DUMP;
  }
  return hasDump;
};
