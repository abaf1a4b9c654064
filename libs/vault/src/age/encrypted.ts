import { randomBytes } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import { headerEnd } from './header.js';
import { chunkBytes, nonceBytes, payloadKey, type Place, sealed } from './payload.js';
import { pieces } from '../pieces.js';
import type { Recipients } from './recipients.js';

/**
 * The bytes as a file that `age --decrypt` reads. The header is the work of the `age-encryption` package; the payload goes through
 * Node's own ciphers, which are ten times as fast. https://c2sp.org/age
 */
export async function* encrypted(
  source: AsyncIterable<Uint8Array>,
  recipients: Recipients,
): AsyncGenerator<Uint8Array> {
  const { header, fileKey } = await newHeader(recipients);
  const nonce = randomBytes(nonceBytes);
  const key = payloadKey(fileKey, nonce);
  yield Buffer.concat([header, nonce]);
  for await (const { bytes, index, isLast } of pieces(source, atOnce * chunkBytes))
    yield Buffer.concat([...sealedChunks(key, { index: index * atOnce, isLast }, bytes)]);
}

/** Chunks that are given out together: every write costs a turn of the thread pool, which the compressor works in, too. */
const atOnce = 8;

/** The chunks that the bytes are, the first of which has the index; `isLast` says whether they are the end. */
function* sealedChunks(key: Buffer, { index, isLast }: Place, bytes: Buffer): Generator<Buffer> {
  let start = 0;
  do {
    const end = start + chunkBytes;
    const place = { index: index + start / chunkBytes, isLast: isLast && end >= bytes.length };
    yield* sealed(key, place, bytes.subarray(start, end));
    start = end;
  } while (start < bytes.length);
}

/** A header for the recipients, and the key that it wraps: a recipient of our own is told it and adds nothing. */
const newHeader = async (recipients: Recipients) => {
  const told = Promise.withResolvers<Uint8Array>();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey: (fileKey) => {
      told.resolve(Uint8Array.from(fileKey));
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  const end = headerEnd(empty);
  if (end === undefined) throw new Error('age-encryption made a file without a header');
  return { header: empty.subarray(0, end), fileKey: await told.promise };
};
