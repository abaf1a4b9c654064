import { createDecipheriv, createHash } from 'node:crypto';

/** How CryptoJS writes what it has encrypted with a passphrase: base64 of `Salted__`, salt, AES-256-CBC. */
const PREFIX = 'U2FsdGVkX1';

/** The encrypted text in a column, undefined when it is none. */
export const encryptedIn = (value: string): string | undefined => {
  const text = value.replace(/^"(.*)"$/s, '$1');
  return text.startsWith(PREFIX) ? text : undefined;
};

/** Whether the passphrase opens what CryptoJS encrypted: what comes out must be JSON. */
export const opens = (encrypted: string, passphrase: string): boolean => {
  const bytes = Buffer.from(encrypted, 'base64');
  const { key, iv } = derived(passphrase, bytes.subarray(8, 16));
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    const clear = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
    JSON.parse(clear.toString('utf8'));
    return true;
  } catch {
    return false;
  }
};

/** OpenSSL's EVP_BytesToKey with MD5, as CryptoJS has it. */
const derived = (passphrase: string, salt: Buffer): { key: Buffer; iv: Buffer } => {
  let block = Buffer.alloc(0);
  let all = Buffer.alloc(0);
  while (all.length < 48) {
    block = createHash('md5').update(block).update(passphrase, 'utf8').update(salt).digest();
    all = Buffer.concat([all, block]);
  }
  return { key: all.subarray(0, 32), iv: all.subarray(32, 48) };
};
