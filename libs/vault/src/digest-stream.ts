import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { abortable } from './abortable.js';
import type { Stored } from './store-file.js';

/** Reads the stream to its end, closes it, and says how much it was; `heard` is told the bytes of each chunk. */
export const digestOfStream = async (
  stream: Readable,
  signal: AbortSignal | undefined,
  heard: (bytes: number) => void = () => undefined,
): Promise<Stored> => {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of abortable(stream, signal)) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      heard(chunk.byteLength);
    }
  } finally {
    stream.destroy();
  }
  return { bytes, sha256: hash.digest('hex') };
};
