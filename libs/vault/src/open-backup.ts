import { encryptedBackup } from './age/encrypted-backup.js';
import type { Unlocking } from './age/encryption-settings.js';
import { DamageError } from './damage-error.js';
import { isBareDump } from './legacy/bare-dump.js';
import { legacyBackup } from './legacy/legacy-backup.js';
import { readManifest } from './read-manifest.js';
import { sealedBackup } from './sealed-backup.js';
import type { Shelf } from './shelf.js';
import type { StoredBackup } from './stored-backup.js';
import type { VaultReader } from './vault.js';

/**
 * Opens a sealed backup of this program, or one of the Python tool. Rejects with PermanentError when it is not sealed, or has
 * a manifest that cannot be used. Encrypted files are decrypted with the secret keys or the passphrase; without fitting ones the backup is
 * `locked`. A passphrase costs half a second.
 */
export const openBackup = async (
  vault: VaultReader,
  backupId: string,
  unlocking: Unlocking = { identities: [] },
): Promise<StoredBackup> => {
  const shelf = { vault, backupId };
  const manifest = await readManifest(shelf);
  if (manifest?.version === '2.0')
    return manifest.encryption ? encryptedBackup(shelf, manifest, unlocking) : sealedBackup(shelf, manifest);
  if (manifest === undefined && !(await isBareDump(shelf))) throw await notSealed(shelf);
  return legacyBackup(shelf, manifest);
};

const notSealed = async ({ vault, backupId }: Shelf): Promise<DamageError> =>
  (await vault.backups()).unsealed.includes(backupId)
    ? new DamageError(
        `backup ${backupId} has no manifest.json: it is being made, or its making ended half way. ` +
          `What became of it: nocodb-backup show ${backupId}; other backups: nocodb-backup list`,
      )
    : new DamageError(
        `there is no backup ${backupId} in the backup directory. All backups: nocodb-backup list`,
      );
