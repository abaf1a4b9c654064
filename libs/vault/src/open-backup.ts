import { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import type { StoredBackup } from './stored-backup.js';
import type { VaultReader } from './vault.js';

/** Opens a sealed backup. Rejects with PermanentError when it has no manifest, or one that cannot be used. */
export const openBackup = async (vault: VaultReader, backupId: string): Promise<StoredBackup> => {
  const manifest = Manifest.parse(JSON.parse(Buffer.from(await vault.readManifest(backupId)).toString()));
  throw new PermanentError(`backup ${manifest.id} cannot be read yet`);
};
