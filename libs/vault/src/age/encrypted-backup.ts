import type { Manifest } from '@nocodb-backup/backup';
import { sealedBackup } from '../sealed-backup.js';
import type { Shelf } from '../shelf.js';
import type { StoredBackup } from '../stored-backup.js';
import { verifyArtifacts } from '../verify-artifacts.js';
import { decryptingReader } from './decrypting-reader.js';
import { lockedBy } from './locked-by.js';
import { storedPaths } from './stored-paths.js';
import { titledManifest } from './titled-manifest.js';

/**
 * A backup of which something is encrypted, as if nothing were: paths are without `.age`, titles are read where a secret key opens
 * them. Without one it can be looked at and verified, and whatever reads an encrypted file rejects with what is `locked`.
 */
export const encryptedBackup = async (
  shelf: Shelf,
  manifest: Manifest,
  identities: readonly string[],
): Promise<StoredBackup> => {
  const { backupId } = shelf;
  const paths = storedPaths(manifest);
  const locked = await lockedBy(backupId, manifest.encryption?.recipients ?? [], identities);
  const vault = decryptingReader(shelf.vault, { identities, locked, storedPath: paths.of });
  const readable = { vault, backupId };
  const plain = { ...manifest, artifacts: manifest.artifacts.map(paths.plainOf) };
  const titled = locked === undefined ? await titledManifest(readable, plain) : plain;
  return {
    ...sealedBackup(readable, titled),
    // The digests are those of the encrypted bytes.
    verify: (wanted, options) =>
      verifyArtifacts(shelf, manifest, { paths: wanted.flatMap(paths.toVerify), ...options }),
    ...(locked === undefined ? {} : { locked }),
  };
};
