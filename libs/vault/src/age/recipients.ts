import { PermanentError } from '@nocodb-backup/events';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** Who may read what is encrypted, as `age1...` public keys. */
export type Recipients = readonly [string, ...string[]];

/**
 * Reads public keys, one a line or separated by blanks or commas; `#` begins a comment. Throws a PermanentError that
 * names the wrong one by its place and prints none: it may be a secret.
 */
export const recipientsIn = (text: string): Recipients => {
  const [first, ...others] = wordsOf(text);
  if (first === undefined) throw new PermanentError('no recipient: name at least one public key (age1...)');
  for (const [index, word] of [first, ...others].entries()) check(word, index + 1);
  return [first, ...others];
};

/** Reads secret keys (`AGE-SECRET-KEY-1...`), as `age-keygen` writes them. Throws a PermanentError that prints none of them. */
export const identitiesIn = (text: string): readonly string[] => {
  const words = wordsOf(text);
  const decrypter = new Decrypter();
  for (const [index, word] of words.entries()) {
    try {
      decrypter.addIdentity(word);
    } catch {
      throw new PermanentError(`line ${index + 1} of the identity file is no secret key of age`);
    }
  }
  if (words.length > 0) return words;
  throw new PermanentError('the identity file holds no secret key (AGE-SECRET-KEY-1...)');
};

/** A new secret key. */
export const newIdentity = (): Promise<string> => generateX25519Identity();

/** The public key of a secret one. */
export const recipientOf = async (identity: string): Promise<Recipients> => [
  await identityToRecipient(identity),
];

const wordsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .flatMap((line) => line.split(/[\s,]+/))
    .filter((word) => word !== '');

const check = (word: string, number: number): void => {
  try {
    new Encrypter().addRecipient(word);
  } catch {
    if (word.toUpperCase().startsWith('AGE-SECRET-KEY'))
      throw new PermanentError(
        `recipient ${number} is a secret key: give the public one (age-keygen -y prints it), and keep the secret one away from here`,
      );
    throw new PermanentError(
      `recipient ${number} is no public key of age: it must begin with age1, whole and as age-keygen prints it`,
    );
  }
};
