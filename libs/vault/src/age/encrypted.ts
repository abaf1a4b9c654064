import { randomBytes } from 'node:crypto';
import { Encrypter } from 'age-encryption';
import { headerEnd } from './header.js';
import { chunkBytes, nonceBytes, payloadKey, sealed } from './payload.js';
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
  let index = 0;
  for await (const { views, isLast } of chunksOf(source))
    yield* sealed(key, { index: index++, isLast }, views);
}

interface Chunk {
  readonly views: readonly Uint8Array[];
  readonly isLast: boolean;
}

/**
 * The chunks of the format, each in the pieces in which it came: joining them would cost more than encrypting them, as V8 collects garbage
 * by what buffers take. The last one is shorter, or as long, and empty only if the stream is.
 */
async function* chunksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Chunk> {
  let views: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of source) {
    let rest = bytes;
    // What is exactly one chunk may be the last one, so it waits for more.
    while (length + rest.length > chunkBytes) {
      const cut = chunkBytes - length;
      yield { views: [...views, rest.subarray(0, cut)], isLast: false };
      rest = rest.subarray(cut);
      views = [];
      length = 0;
    }
    views.push(rest);
    length += rest.length;
  }
  yield { views, isLast: true };
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
