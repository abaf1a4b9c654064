import type { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import type { Shelf } from '../shelf.js';
import { smallJson } from '../small-json.js';
import type { StoredBackup, StoredBase, StoredTable } from '../stored-backup.js';
import { storedItems, storedRow } from '../stored-items.js';
import { baseFolder } from './claims.js';
import type { FoundTable } from './found-table.js';
import { legacyAttachments } from './legacy-attachments.js';
import { legacyFolder } from './legacy-folder.js';
import type { LegacyBase, LegacyManifest } from './legacy-manifest.js';
import { legacyTables } from './legacy-tables.js';
import { manifestOfLegacy } from './manifest-of-legacy.js';
import { verifyLegacy } from './verify-legacy.js';

/** A backup of the Python tool, read by what lies in its folder. Without its manifest, only the dump. */
export const legacyBackup = async (
  shelf: Shelf,
  legacy: LegacyManifest | undefined,
): Promise<StoredBackup> => {
  const folder = await legacyFolder(shelf);
  const tables = legacy ? await legacyTables(shelf, folder, legacy) : [];
  const manifest = manifestOfLegacy({ id: shelf.backupId, legacy, folder, tables });
  return {
    id: shelf.backupId,
    format: 'legacy',
    manifest,
    bases: (legacy?.bases ?? []).map((base, index) => ({
      ...baseEntry(manifest, index),
      tables: tables.filter((table) => table.base === base).map((table) => legacyTable(shelf, table)),
      metadata: () => metadataOf(shelf, base),
    })),
    open: (path) => shelf.vault.open(shelf.backupId, path),
    verify: (paths, options) => verifyLegacy(shelf, manifest, { paths, ...options }),
  };
};

const baseEntry = ({ parts }: Manifest, index: number): Manifest['parts']['export']['bases'][number] => {
  const base = parts.export.bases[index];
  if (base) return base;
  throw new Error(`the manifest has no base ${index}`);
};

const Metadata = z.looseObject({ id: z.string().optional() });

/** Of two bases of one name, the later one wrote the file: the other one's name is all that is left of it. */
const metadataOf = async (shelf: Shelf, base: LegacyBase): ReturnType<StoredBase['metadata']> => {
  const { id, title } = base;
  const stored = Metadata.safeParse(
    await smallJson(shelf, `${baseFolder(base)}/metadata.json`).catch((error: unknown) => {
      if (error instanceof PermanentError) return undefined;
      throw error;
    }),
  );
  return stored.success && stored.data.id === id ? stored.data : { id, title };
};

const legacyTable = (shelf: Shelf, table: FoundTable): StoredTable => {
  const { entry, paths, schema, base } = table;
  return {
    entry,
    base: { id: base.id, title: base.title, folder: baseFolder(base) },
    paths,
    definition: async () => {
      if (paths.schema !== undefined)
        return { table: await smallJson(shelf, paths.schema), views: [], hooks: null };
      throw new PermanentError(`${table.lacks.join('; ')}: it is not in backup ${shelf.backupId}`);
    },
    records: (signal) => storedItems(shelf, paths.records, { read: storedRow, signal }),
    order: nothing,
    links: nothing,
    attachments: (signal) => (schema ? legacyAttachments({ shelf, table, schema, signal }) : nothing()),
  };
};

async function* nothing(): AsyncGenerator<never> {
  // The Python tool stored none.
}
