import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { abortable } from './abortable.js';

/** The unpacked bytes; closes the source. Throws zlib's error for an archive that is cut short or damaged. */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  const whole = pipeline(source, gunzip);
  whole.catch(() => undefined);
  try {
    yield* abortable(gunzip, signal);
    await whole;
  } finally {
    gunzip.destroy();
  }
}
