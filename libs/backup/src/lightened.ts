import type { Backup } from './backup.js';
import { manifestKey } from './upload-parts.js';

/**
 * A backup that has ended without its tables, which are most of it: facts can be added to it and it can be judged as before, but its
 * content must have been summed up.
 */
export const lightened = (backup: Backup): Backup => {
  const { imported } = backup;
  const manifest = backup.uploads.get(manifestKey);
  return {
    ...backup,
    imported: imported && { ...imported, export: { ...imported.export, bases: [], tables: [] } },
    plan: undefined,
    tables: new Map(),
    uploads: new Map(manifest ? [[manifestKey, manifest]] : []),
  };
};
