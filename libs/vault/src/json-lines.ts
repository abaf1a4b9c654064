import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * The items of a gzip'd JSON array that holds one item a line, one at a time. Throws a SyntaxError for a line that is no
 * JSON, and zlib's error for an archive that is cut short.
 */
export async function* jsonLines(source: Readable, signal?: AbortSignal): AsyncGenerator {
  const gunzip = createGunzip();
  const whole = pipeline(source, gunzip);
  whole.catch(() => undefined);
  try {
    for await (const line of createInterface({ input: gunzip, crlfDelay: Infinity })) {
      signal?.throwIfAborted();
      const item = line.replace(/,$/, '');
      if (!['[', ']', '[]', ''].includes(item)) yield JSON.parse(item) as unknown;
    }
    await whole;
  } finally {
    source.destroy();
  }
}
