import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gzippedJson } from './gzip-json.js';

async function* batchesOf(...batches: unknown[][]) {
  for (const batch of batches) yield await Promise.resolve(batch);
}
const textOf = async (batches: AsyncIterable<unknown[]>) =>
  gunzipSync(Buffer.concat(await Array.fromAsync(gzippedJson(batches)))).toString();

describe('a file of records', () => {
  it('parses whole, and has one record a line', async () => {
    const text = await textOf(batchesOf([{ a: 'ä\n' }, { a: null }], [], [{ a: 3 }]));
    expect(text).toBe('[\n{"a":"ä\\n"},\n{"a":null},\n{"a":3}\n]\n');
    expect(JSON.parse(text)).toHaveLength(3);
  });

  it('of no records is an empty array', async () => {
    expect(JSON.parse(await textOf(batchesOf()))).toEqual([]);
  });

  it('is never a whole one when its records end in an error', async () => {
    const broken = async function* () {
      yield* batchesOf([1]);
      throw new Error('page 2 failed');
    };
    await expect(textOf(broken())).rejects.toThrow('page 2 failed');
  });

  it('keeps a column named __proto__', async () => {
    const text = await textOf(batchesOf([JSON.parse('{"__proto__":1,"Id":2}')]));
    expect(text).toContain('{"__proto__":1,"Id":2}');
  });
});
