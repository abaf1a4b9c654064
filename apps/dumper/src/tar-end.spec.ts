import { describe, expect, it } from '@jest/globals';
import { TarEnd } from './tar-end.js';

const after = (...chunks: Uint8Array[]) => {
  const end = new TarEnd();
  for (const chunk of chunks) end.add(chunk);
  return end;
};
const block = (byte: number, count = 1) => new Uint8Array(512 * count).fill(byte);

describe('the end of a tar archive', () => {
  it('is two blocks of zeros, however they come', () => {
    expect(after(block(1), block(0, 2)).isWhole()).toBe(true);
    expect(after(block(1), block(0), block(0)).isWhole()).toBe(true);
    expect(after(block(1), block(0, 2)).bytes).toBe(1536);
  });

  it('is missing from one that was cut short', () => {
    expect(after().isWhole()).toBe(false);
    expect(after(block(1), block(0)).isWhole()).toBe(false);
    expect(after(block(0, 2), block(1)).isWhole()).toBe(false);
    expect(after(block(1), block(0, 3).subarray(1)).isWhole()).toBe(false);
  });
});
