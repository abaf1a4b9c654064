import { randomBytes } from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import { opened, sealed, tagBytes } from './payload.js';
import { mostWork, stretched, workFactor } from './stretched.js';

const label = 'age-encryption.org/v1/scrypt';
const fileKeyBytes = 16;
/** As for the first chunk of a payload: a key is used once, so that its nonce is zero. */
const only = { index: 0, isLast: false };

/**
 * Whoever knows the passphrase, as a recipient of a file. https://c2sp.org/age#scrypt-recipient-stanza; that of the `age-encryption`
 * package keeps everything waiting for seconds.
 */
export const passphraseRecipient = (passphrase: string): Recipient => ({
  wrapFileKey: async (fileKey) => {
    const salt = randomBytes(16);
    const body = Buffer.concat([...sealed(await wrappingKey(passphrase, salt, workFactor), only, [fileKey])]);
    return [new Stanza(['scrypt', unpadded(salt), String(workFactor)], Uint8Array.from(body))];
  },
});

/** Opens files for such a recipient, those that the program `age` made, too. */
export const passphraseOpener = (passphrase: string): Identity => ({
  unwrapFileKey: async (stanzas) => {
    const lock = lockIn(stanzas);
    if (!lock) return null;
    const fileKey = opened(await wrappingKey(passphrase, lock.salt, lock.logN), only, lock.body);
    return fileKey ? Uint8Array.from(fileKey) : null;
  },
});

/** Such a recipient is the only one of its file. What would take hours is refused, as by `age`. */
const lockIn = ([stanza, ...others]: readonly Stanza[]) => {
  const [, salt = '', work] = /^scrypt (\S+) ([1-9]\d?)$/.exec(stanza?.args.join(' ') ?? '') ?? [];
  if (!stanza || others.length > 0 || work === undefined) return undefined;
  const lock = { salt: Buffer.from(salt, 'base64'), logN: Number(work), body: stanza.body };
  return lock.logN <= mostWork && lock.body.length === fileKeyBytes + tagBytes ? lock : undefined;
};

const wrappingKey = (passphrase: string, salt: Uint8Array, logN: number): Promise<Buffer> =>
  stretched(passphrase, Buffer.concat([Buffer.from(label), salt]), logN);

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
