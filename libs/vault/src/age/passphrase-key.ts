import { bech32 } from '@scure/base';
import { Decrypter, Encrypter } from 'age-encryption';
import { passphraseOpener, passphraseRecipient } from './passphrase-stanza.js';
import { identitiesIn } from './recipients.js';
import { stretched } from './stretched.js';

/**
 * The secret key that a passphrase gives for one backup: the same for whoever makes a part of it, so that they need not agree on one.
 * Takes half a second.
 */
export const passphraseIdentity = async (passphrase: string, backupId: string): Promise<string> => {
  const scalar = await stretched(passphrase, Buffer.from(`nocodb-backup/v1/${backupId}`));
  return bech32.encodeFromBytes('AGE-SECRET-KEY-', Uint8Array.from(scalar)).toUpperCase();
};

/** The identity as a file that `age --decrypt` gives out to whoever knows the passphrase. Takes half a second. */
export const lockedIdentity = (identity: string, passphrase: string): Promise<Uint8Array> => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(passphraseRecipient(passphrase));
  return encrypter.encrypt(`${identity}\n`);
};

/** The identities in such a file; undefined when the passphrase is another one, or the file is damaged. */
export const unlockedIdentities = async (
  file: Uint8Array,
  passphrase: string,
): Promise<readonly string[] | undefined> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseOpener(passphrase));
  try {
    return identitiesIn(await decrypter.decrypt(file, 'text'));
  } catch {
    return undefined;
  }
};
