import { PermanentError } from '@nocodb-backup/events';
import { Decrypter } from 'age-encryption';
import { DamageError } from '../damage-error.js';
import { headerEnd, isAge, longestHeader } from './header.js';
import { chunkBytes, nonceBytes, opened, payloadKey, tagBytes } from './payload.js';
import { pieces } from '../pieces.js';

/**
 * What an age file holds. Every chunk is checked before it is given out, but only a stream that ended well was whole. Throws a
 * PermanentError when none of the secret keys fits, and a DamageError for a file that is damaged or cut short.
 */
export async function* decrypted(
  source: AsyncIterable<Uint8Array>,
  identities: readonly string[],
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    const { header, rest } = await begun(iterator);
    const fileKey = await fileKeyOf(header, identities);
    yield* payloadOf(fileKey, following(rest, iterator));
  } finally {
    await iterator.return?.();
  }
}

type Source = AsyncIterator<Uint8Array>;

async function* following(first: Uint8Array, iterator: Source): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

/** Reads on until the header and the nonce are there. */
const begun = async (iterator: Source): Promise<{ header: Uint8Array; rest: Uint8Array }> => {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = headerEnd(bytes);
    if (end !== undefined && bytes.length >= end + nonceBytes)
      return { header: bytes.subarray(0, end), rest: bytes.subarray(end) };
    if (!isAge(bytes)) throw new DamageError('this is no file of age: it is not encrypted, or damaged');
    if (bytes.length > longestHeader) throw damaged('its header is');
    const next = await iterator.next();
    if (next.done === true) throw damaged('it is cut short; its header is');
    bytes = Buffer.concat([bytes, next.value]);
  }
};

const fileKeyOf = async (header: Uint8Array, identities: readonly string[]): Promise<Uint8Array> => {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    throw new PermanentError(
      'none of the given secret keys opens it: use the identity file that belongs to its recipients (or its header is damaged)',
      { cause },
    );
  }
};

async function* payloadOf(
  fileKey: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { nonce, chunks } = await split(source);
  const key = payloadKey(fileKey, nonce);
  for await (const { bytes, index, isLast } of pieces(chunks, chunkBytes + tagBytes)) {
    const plain = bytes.length < tagBytes ? undefined : opened(key, { index, isLast }, bytes);
    if (plain === undefined)
      throw damaged(isLast ? 'it is cut short, or its last chunk is' : `chunk ${index} is`);
    // The format has one way to write each file: no empty chunk behind others.
    if (plain.length === 0 && index > 0) throw damaged('its last chunk is empty, which is');
    if (plain.length > 0) yield plain;
  }
}

const split = async (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  const bytes: Uint8Array = first.done === true ? Buffer.alloc(0) : first.value;
  return {
    nonce: bytes.subarray(0, nonceBytes),
    chunks: following(bytes.subarray(nonceBytes), iterator),
  };
};

const damaged = (what: string): DamageError =>
  new DamageError(`the encrypted file is damaged: ${what} not what was written`);
