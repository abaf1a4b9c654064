import { PermanentError } from '@nocodb-backup/events';

/** Characters. A guess costs half a second, so that four or five random words are enough. */
const shortest = 16;
const fewestDifferent = 8;

/**
 * A passphrase that can be typed and is not soon guessed. Throws a PermanentError that says what is wrong with another one, and prints
 * nothing of it.
 */
export const checkedPassphrase = (passphrase: string): string => {
  if (/\p{Cc}/u.test(passphrase))
    throw new PermanentError('a passphrase is one line without tabs: age asks for it on a terminal');
  if (passphrase !== passphrase.trim())
    throw new PermanentError('a passphrase must not begin or end with blanks: nobody would see them');
  const characters = Array.from(passphrase);
  if (characters.length < shortest || new Set(characters).size < fewestDifferent)
    throw new PermanentError(
      `the passphrase is too easy to guess: it needs ${shortest} characters or more, ${fewestDifferent} different ones at least, such as five words drawn by lot`,
    );
  return passphrase;
};
