import { Readable } from 'node:stream';
import { PermanentError } from '@nocodb-backup/events';
import { DamageError } from '../damage-error.js';
import type { Shelf } from '../shelf.js';
import type { VaultReader } from '../vault.js';
import { decrypted } from './decrypted.js';

/** What opens the encrypted files of a backup. */
export interface Opening {
  readonly identities: readonly string[];
  /** Why nothing encrypted can be opened, and what to do about it; undefined when it can. */
  readonly locked: string | undefined;
  /** Where the file that a restore asks for lies. Another path than that is one of an encrypted file. */
  storedPath(path: string): string;
}

/** The same place, where files are asked for by their paths without `.age` and are decrypted as they are read. */
export const decryptingReader = (vault: VaultReader, opening: Opening): VaultReader => ({
  backups: () => vault.backups(),
  readManifest: (backupId) => vault.readManifest(backupId),
  files: (backupId, folder) => vault.files(backupId, folder),
  isStaged: (backupId) => vault.isStaged(backupId),
  digest: (backupId, path, signal) => vault.digest(backupId, path, signal),
  open: async (backupId, path) => {
    const stored = opening.storedPath(path);
    if (stored === path) return vault.open(backupId, path);
    if (opening.locked !== undefined) throw new PermanentError(opening.locked);
    return decryptedFile({ vault, backupId }, stored, opening.identities);
  },
});

const decryptedFile = async (
  { vault, backupId }: Shelf,
  path: string,
  identities: readonly string[],
): Promise<Readable> => {
  const source = await vault.open(backupId, path);
  const named = async function* () {
    try {
      yield* decrypted(source as AsyncIterable<Uint8Array>, identities);
    } catch (error) {
      throw ofFile(error, `${path} of backup ${backupId}`);
    }
  };
  const plain = Readable.from(named(), { objectMode: false });
  // One that is closed before it was read has not begun, and would leave the file open.
  return plain.once('close', () => source.destroy());
};

const ofFile = (error: unknown, name: string): unknown => {
  if (!(error instanceof PermanentError)) return error;
  const Kind = error instanceof DamageError ? DamageError : PermanentError;
  return new Kind(`${name}: ${error.message}`, { cause: error });
};
