import type { Manifest } from '@nocodb-backup/backup';
import type { Shelf } from '../shelf.js';
import type { Unlocking } from './encryption-settings.js';
import { isKeyFile } from './key-files.js';
import { keysOfPassphrase } from './key-of-passphrase.js';
import { recipientOf } from './recipients.js';

/** The secret keys for an encrypted backup. */
export interface Unlocked {
  readonly identities: readonly string[];
  /** Why none of them opens it, and what to do about it, by their public keys; undefined when one does. */
  readonly locked: string | undefined;
}

/** What the given secret keys and the given passphrase open of a backup. */
export const unlocked = async (
  shelf: Shelf,
  manifest: Manifest,
  { identities, passphrase }: Unlocking,
): Promise<Unlocked> => {
  const ofPassphrase = passphrase === undefined ? [] : await keysOfPassphrase(shelf, manifest, passphrase);
  const wanted = manifest.encryption?.recipients ?? [];
  const given = await publicKeysOf(identities);
  const known = [...given, ...(await publicKeysOf(ofPassphrase))];
  const fits = known.some((key) => wanted.includes(key));
  const what = {
    wanted,
    given,
    hasPassphrase: passphrase !== undefined,
    takesPassphrase: manifest.artifacts.some(isKeyFile),
  };
  return {
    identities: [...identities, ...ofPassphrase],
    locked: fits ? undefined : lockText(shelf.backupId, what),
  };
};

const publicKeysOf = async (identities: readonly string[]): Promise<string[]> =>
  (await Promise.all(identities.map(recipientOf))).flat();

interface Lock {
  readonly wanted: readonly string[];
  /** Public keys of the secret ones that are known here. */
  readonly given: readonly string[];
  readonly hasPassphrase: boolean;
  readonly takesPassphrase: boolean;
}

const lockText = (backupId: string, lock: Lock): string => {
  const wanted = [...lock.wanted, ...(lock.takesPassphrase ? ['whoever knows its passphrase'] : [])];
  return `backup ${backupId} is encrypted for ${wanted.join(' or ')}, and ${knownText(lock)}: ${todo(lock)}`;
};

const knownText = ({ given, hasPassphrase, takesPassphrase }: Lock): string => {
  const wrong = [
    ...(given.length > 0 ? [`NOCODB_BACKUP_IDENTITY is the secret key of ${given.join(', ')}`] : []),
    ...(hasPassphrase && takesPassphrase
      ? ['NOCODB_BACKUP_ENCRYPTION_PASSPHRASE is another one than that with which it was made']
      : []),
    ...(hasPassphrase && !takesPassphrase ? ['it was made without a passphrase'] : []),
  ];
  return wrong.length > 0 ? wrong.join(', and ') : 'no secret key is known here';
};

const todo = ({ takesPassphrase }: Lock): string => {
  const key =
    'set NOCODB_BACKUP_IDENTITY_FILE, where restores run, to the file with the secret key (AGE-SECRET-KEY-1...) that belongs to it';
  return takesPassphrase
    ? `set NOCODB_BACKUP_ENCRYPTION_PASSPHRASE, where restores run, to the passphrase that was set when it was made, or ${key}`
    : key;
};
