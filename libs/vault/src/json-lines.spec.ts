import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { jsonLines } from './json-lines.js';

const items = (bytes: Buffer) => Array.fromAsync(jsonLines(Readable.from([bytes])));

describe('an array of lines', () => {
  it('is read item by item', async () => {
    const text = '[\n{"a":"x, ] [\\n"},\n[1],\n"two"\n]\n';
    expect(await items(gzipSync(text))).toEqual([{ a: 'x, ] [\n' }, [1], 'two']);
  });

  it('may be empty', async () => {
    expect(await items(gzipSync('[]\n'))).toEqual([]);
  });

  it('is refused when it is cut short', async () => {
    const whole = gzipSync(
      `[\n${Array.from({ length: 5000 }, (_, n) => `{"n":${n * 7919}}`).join(',\n')}\n]\n`,
    );
    await expect(items(whole.subarray(0, whole.length - 10))).rejects.toThrow(/unexpected end of file/);
  });

  it('is refused when a line is no JSON', async () => {
    await expect(items(gzipSync('[\n{"a":\n]\n'))).rejects.toThrow(SyntaxError);
  });
});
