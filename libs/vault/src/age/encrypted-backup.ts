import type { Manifest } from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';
import { sealedBackup } from '../sealed-backup.js';
import type { Shelf } from '../shelf.js';
import type { StoredBackup } from '../stored-backup.js';
import { verifyArtifacts } from '../verify-artifacts.js';
import { decryptingReader } from './decrypting-reader.js';
import { AGE } from './encrypting-place.js';
import type { Unlocking } from './encryption-settings.js';
import { isKeyFile } from './key-files.js';
import { storedPaths } from './stored-paths.js';
import { titledManifest } from './titled-manifest.js';
import { unlocked } from './unlocked.js';

/**
 * A backup of which something is encrypted, as if nothing were: paths are without `.age`, titles are read where a secret key opens
 * them. Without one it can be looked at and verified, and whatever reads an encrypted file rejects with what is `locked`.
 */
export const encryptedBackup = async (
  shelf: Shelf,
  manifest: Manifest,
  unlocking: Unlocking,
): Promise<StoredBackup> => {
  const { backupId } = shelf;
  const paths = storedPaths(manifest);
  const { identities, locked } = await unlocked(shelf, manifest, unlocking);
  const vault = decryptingReader(shelf.vault, { identities, locked, storedPath: paths.of });
  const readable = { vault, backupId };
  const plain = { ...manifest, artifacts: manifest.artifacts.map(paths.plainOf) };
  const canRead = (path: string): boolean => locked === undefined || paths.of(path) === path;
  return {
    ...sealedBackup(readable, await titledManifest(readable, plain, canRead)),
    storedManifest: manifest,
    // The digests are those of the encrypted bytes.
    verify: (wanted, options) =>
      verifyArtifacts(shelf, manifest, { paths: wanted.flatMap(paths.toVerify), ...options }),
    ...(locked === undefined ? {} : { locked, lockedParts: encryptedParts(manifest) }),
  };
};

const encryptedParts = ({ artifacts }: Manifest): ReadonlySet<Part> =>
  new Set(
    artifacts
      .filter((artifact) => artifact.path.endsWith(AGE) && !isKeyFile(artifact))
      .map(({ part }) => part),
  );
