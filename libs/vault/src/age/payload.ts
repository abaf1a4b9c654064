import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** The payload of an age file: chunks of 64 KiB, each sealed on its own. https://c2sp.org/age#payload */
export const chunkBytes = 64 * 1024;
export const tagBytes = 16;
/** Before the first chunk: what the payload's key is derived with. */
export const nonceBytes = 16;

const algorithm = 'chacha20-poly1305';

/** The key of one payload. */
export const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));

/** A chunk's place in its payload. */
export interface Place {
  readonly index: number;
  readonly isLast: boolean;
}

/** Seals one chunk, given in pieces; so is what comes out. */
export function* sealed(key: Buffer, place: Place, plain: readonly Uint8Array[]): Generator<Buffer> {
  const cipher = createCipheriv(algorithm, key, nonceOf(place), { authTagLength: tagBytes });
  for (const piece of plain.slice(0, -1)) yield cipher.update(piece);
  const last = plain.slice(-1).map((piece) => cipher.update(piece));
  cipher.final();
  yield Buffer.concat([...last, cipher.getAuthTag()]);
}

/** Opens one chunk; undefined when it is not what was sealed at this place. */
export const opened = (key: Buffer, place: Place, chunk: Uint8Array): Buffer | undefined => {
  const body = chunk.subarray(0, chunk.length - tagBytes);
  const decipher = createDecipheriv(algorithm, key, nonceOf(place), { authTagLength: tagBytes });
  decipher.setAuthTag(chunk.subarray(body.length));
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    return undefined;
  }
};

/** A counter of 11 bytes, big end first, and whether the chunk is the last one. */
const nonceOf = ({ index, isLast }: Place): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
};
