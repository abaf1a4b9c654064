import { gunzipped } from './gunzipped.js';
import { jsonItems } from './json-items.js';

/**
 * The items of a gzip'd JSON array, one at a time; closes the source. Stops when the signal fires. Throws a SyntaxError for
 * what is no JSON array, and zlib's error for an archive that is cut short.
 */
export const jsonLines = (source: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator =>
  jsonItems(gunzipped(source, signal));
