import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Is told some items and their lines, in order, before they are written. */
export type Heard<Item> = (items: readonly Item[], lines: readonly string[]) => void;

/** A gzip'd JSON array, one item a line, from batches of items; one batch at a time is in memory. */
export async function* gzippedJson<Item>(
  batches: AsyncIterable<readonly Item[]>,
  heard: Heard<Item> = () => undefined,
): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 3, chunkSize: 64 * 1024 });
  const done = pipeline(Readable.from(jsonArray(batches, heard), { highWaterMark: 1 }), gzip);
  done.catch(() => undefined);
  yield* gzip as AsyncIterable<Uint8Array>;
  await done;
}

/** The bytes of a small JSON file. */
export async function* prettyJson(value: unknown): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`));
}

async function* jsonArray<Item>(
  batches: AsyncIterable<readonly Item[]>,
  heard: Heard<Item>,
): AsyncGenerator<Buffer> {
  let separator = '[\n';
  for await (const batch of batches) {
    for (const some of slices(batch)) {
      const lines = some.map((item) => JSON.stringify(item));
      heard(some, lines);
      yield Buffer.from(separator + lines.join(',\n'));
      separator = ',\n';
    }
  }
  yield Buffer.from(separator === '[\n' ? '[]\n' : '\n]\n');
}

const atOnce = 100;

/** Small pieces, so that writing a page of records never holds the event loop for long. */
function* slices<Item>(batch: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < batch.length; start += atOnce) yield batch.slice(start, start + atOnce);
}
