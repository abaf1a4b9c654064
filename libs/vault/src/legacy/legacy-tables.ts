import { PermanentError } from '@nocodb-backup/events';
import { damageOf } from '../damaged.js';
import type { Shelf } from '../shelf.js';
import { smallJson } from '../small-json.js';
import { type Claim, claimsOf } from './claims.js';
import { type FoundTable, foundTable } from './found-table.js';
import type { LegacyFolder } from './legacy-folder.js';
import type { LegacyManifest } from './legacy-manifest.js';
import { LegacySchema } from './legacy-schema.js';

/** Every table that the manifest lists, and what of it lies there. Reads each `schema.json`, as only that tells whose the folder is. */
export const legacyTables = async (
  shelf: Shelf,
  folder: LegacyFolder,
  manifest: LegacyManifest,
): Promise<FoundTable[]> => {
  const found: FoundTable[] = [];
  for (const claim of claimsOf(manifest))
    found.push(foundTable(claim, await schemaOf(shelf, folder, claim), folder));
  return found;
};

/** What `schema.json` in the claimed folder says, or why it says nothing. */
const schemaOf = async (
  shelf: Shelf,
  { files }: LegacyFolder,
  { folder }: Claim,
): Promise<LegacySchema | string> => {
  const path = `${folder}/schema.json`;
  if (!files.has(path)) return `${path} is not there`;
  try {
    return LegacySchema.parse(await smallJson(shelf, path));
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    const damage = damageOf(error);
    if (damage === undefined) throw error;
    return `${path} is damaged: ${damage}`;
  }
};
