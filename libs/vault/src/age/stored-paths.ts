import type { Manifest } from '@nocodb-backup/backup';
import { ATTACHED_INDEX, STORED_FILES } from '../attached-lists.js';
import { AGE } from './encrypting-place.js';
import { isKeyFile } from './key-files.js';

type StoredArtifact = Manifest['artifacts'][number];

/** Where the files of an encrypted backup lie, by the paths that they have in one that is not. */
export interface StoredPaths {
  readonly of: (path: string) => string;
  /** The artifact as if it were not encrypted; bytes and digest stay those of the stored file. */
  readonly plainOf: (artifact: StoredArtifact) => StoredArtifact;
  /** What is verified for a file: the lists of attached files that have digests go with those that have titles. */
  readonly toVerify: (path: string) => string[];
}

/** Which files are encrypted, by the manifest; attached files, which it does not name, are where their list is. */
export const storedPaths = ({ artifacts }: Pick<Manifest, 'artifacts'>): StoredPaths => {
  const stored = new Set(artifacts.map(({ path }) => path));
  const of = (path: string): string => {
    const isEncrypted = stored.has(path + AGE) || stored.has(folderOfAttached(path) + ATTACHED_INDEX + AGE);
    return isEncrypted && !stored.has(path) ? path + AGE : path;
  };
  return {
    of,
    plainOf: (artifact) =>
      artifact.path.endsWith(AGE) && !isKeyFile(artifact)
        ? { ...artifact, path: artifact.path.slice(0, -AGE.length) }
        : artifact,
    toVerify: (path) => {
      const list = path.replace(ATTACHED_INDEX, STORED_FILES);
      return list !== path && stored.has(list) ? [of(path), list] : [of(path)];
    },
  };
};

const folderOfAttached = (path: string): string => path.split('/attachments/', 1)[0] ?? path;
