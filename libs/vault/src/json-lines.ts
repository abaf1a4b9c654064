import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { abortable } from './abortable.js';
import { jsonItems } from './json-items.js';

/**
 * The items of a gzip'd JSON array, one at a time; closes the source. Stops when the signal
 * fires. Throws a SyntaxError for what is no JSON array, and
 * zlib's error for an archive that is cut short.
 */
export async function* jsonLines(source: Readable, signal?: AbortSignal): AsyncGenerator {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  const whole = pipeline(source, gunzip);
  whole.catch(() => undefined);
  try {
    yield* jsonItems(abortable(gunzip, signal));
    await whole;
  } finally {
    source.destroy();
  }
}
