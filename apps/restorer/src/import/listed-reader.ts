import { createHash } from 'node:crypto';
import type { Artifact } from '@nocodb-backup/events';
import type { BackupList, VaultReader } from '@nocodb-backup/vault';

/** A place of which it is known what lies there, so that it need not be listed again for every backup. */
export interface ListedReader extends VaultReader {
  /** The manifest that was read last; null where none was. */
  readonly manifest: () => Artifact | null;
}

/** Reads the place with the list that was made of it. */
export const listedReader = (reader: VaultReader, list: BackupList): ListedReader => {
  let manifest: Artifact | null = null;
  return {
    backups: () => Promise.resolve(list),
    readManifest: async (backupId) => {
      const bytes = await reader.readManifest(backupId);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      manifest = { path: 'manifest.json', bytes: bytes.byteLength, sha256 };
      return bytes;
    },
    files: (backupId, folder) => reader.files(backupId, folder),
    isStaged: (backupId) => reader.isStaged(backupId),
    open: (backupId, path) => reader.open(backupId, path),
    digest: (backupId, path, signal) => reader.digest(backupId, path, signal),
    manifest: () => manifest,
  };
};
