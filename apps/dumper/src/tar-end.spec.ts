import { describe, expect, it } from '@jest/globals';
import { isTarEnd } from './tar-end.js';

const block = (byte: number, count = 1) => new Uint8Array(512 * count).fill(byte);
const isWhole = (rawTail: Uint8Array, rawBytes = 10_240) => isTarEnd({ rawBytes, rawTail });

describe('the end of a tar archive', () => {
  it('is two blocks of zeros', () => {
    expect(isWhole(block(0, 2))).toBe(true);
    expect(isWhole(Buffer.concat([block(1), block(0, 2)]))).toBe(true);
  });

  it('is missing from one that was cut short', () => {
    expect(isWhole(block(0, 0), 0)).toBe(false);
    expect(isWhole(Buffer.concat([block(1), block(0)]))).toBe(false);
    expect(isWhole(block(0))).toBe(false);
    expect(isWhole(block(0, 2), 10_239)).toBe(false);
  });
});
