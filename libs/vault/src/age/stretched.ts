import { scrypt } from 'node:crypto';

/** The cost of a guess at a passphrase, as the exponent of 2: 128 MiB and about half a second of one core. */
export const workFactor = 17;

/** What `age` itself takes at most. */
export const mostWork = 22;

/** Makes 32 bytes of a passphrase, in a thread of its own: every guess at it costs what this costs. */
export const stretched = (passphrase: string, salt: Uint8Array, logN = workFactor): Promise<Buffer> => {
  const [N, r] = [2 ** logN, 8];
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(passphrase, salt, 32, { N, r, p: 1, maxmem: 256 * N * r }, (error, key) => {
    if (error) reject(error);
    else resolve(key);
  });
  return promise;
};
