import { PermanentError } from '@nocodb-backup/events';
import { readManifest } from './read-manifest.js';
import { sealedBackup } from './sealed-backup.js';
import type { StoredBackup } from './stored-backup.js';
import type { VaultReader } from './vault.js';

/** Opens a sealed backup. Rejects with PermanentError when it has no manifest, or one that cannot be used. */
export const openBackup = async (vault: VaultReader, backupId: string): Promise<StoredBackup> => {
  const { sealed, unsealed } = await vault.backups();
  if (unsealed.includes(backupId))
    throw new PermanentError(
      `backup ${backupId} has no manifest.json: it is being made, or its making ended half way. ` +
        `What became of it: nocodb-backup show ${backupId}; other backups: nocodb-backup list`,
    );
  if (!sealed.includes(backupId))
    throw new PermanentError(
      `there is no backup ${backupId} in the backup directory. All backups: nocodb-backup list`,
    );
  const shelf = { vault, backupId };
  return sealedBackup(shelf, await readManifest(shelf));
};
