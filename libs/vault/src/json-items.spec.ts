import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonItems } from './json-items.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size)
    yield await Promise.resolve(bytes.subarray(start, start + size));
}
const items = (text: string, size = 3) => Array.fromAsync(jsonItems(pieces(Buffer.from(text), size)));

describe('a JSON array', () => {
  it('gives its items, however it is laid out and in whatever pieces it comes', async () => {
    const layout = fc.constantFrom(undefined, 1, 4, '\t');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        layout,
        fc.integer({ min: 1, max: 40 }),
        async (array, indent, size) => {
          const text = JSON.stringify(array, undefined, indent);
          expect(await items(text, size)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it.each(['[]', ' [\n] \n', '[\r\n\r\n]'])('may be empty: %j', async (text) => {
    expect(await items(text)).toEqual([]);
  });

  it('keeps a key that is named __proto__', async () => {
    const [item] = await items('[{"__proto__": {"a": 1}}]');
    expect(Object.keys(item as object)).toEqual(['__proto__']);
  });

  it('gives the first items before the rest is there', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('['));
      for (;;) yield Buffer.from('{"a": "],["},\n');
    }
    const read = [];
    for await (const item of jsonItems(endless())) if (read.push(item) === 5000) break;
    expect(read.at(-1)).toEqual({ a: '],[' });
  });

  it.each([
    '',
    ' ',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[{"a":1]',
    '[{"a":1}',
    '["a]',
    '["a\\"]',
    '[1}',
    ']',
    '[]]',
    '[][]',
    '[] 1',
    '1 []',
    '"a" []',
    '{}',
    '{"list": [1]}',
    'null',
    '<html>',
  ])('is not %j', async (text) => {
    await expect(items(text)).rejects.toThrow(SyntaxError);
  });

  it('that is cut short is refused wherever the cut is', async () => {
    const text = JSON.stringify([{ a: ['x', 1.5, null] }, 'two', [3]], undefined, 1);
    for (let length = 0; length < text.length; length++)
      await expect(items(text.slice(0, length))).rejects.toThrow(SyntaxError);
  });
});
