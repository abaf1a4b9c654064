import type { Manifest } from '@nocodb-backup/backup';
import { DamageError } from '../damage-error.js';
import type { Shelf } from '../shelf.js';
import { isKeyFile } from './key-files.js';
import { unlockedIdentities } from './passphrase-key.js';

/** Bytes; a key has some hundreds. */
const limit = 64 * 1024;

/** The secret keys that the passphrase gives for a backup: of the first of its key files that it opens, as all parts have the same. */
export const keysOfPassphrase = async (
  { vault, backupId }: Shelf,
  { artifacts }: Pick<Manifest, 'artifacts'>,
  passphrase: string,
): Promise<readonly string[]> => {
  for (const { path } of artifacts.filter(isKeyFile)) {
    const file = await vault.open(backupId, path).then(wholeFile).catch(unlessDamaged);
    const identities = file && (await unlockedIdentities(file, passphrase));
    if (identities) return identities;
  }
  return [];
};

const wholeFile = async (stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** A verification names the damage; another part's key may be whole. */
const unlessDamaged = (error: unknown): undefined => {
  if (!(error instanceof DamageError)) throw error;
};
