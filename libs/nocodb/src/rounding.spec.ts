import { describe, expect, it } from '@jest/globals';
import { isRounded } from './rounding.js';

const rounded = (uidt: string, value: unknown) => isRounded({ id: 'c1', title: 'X', uidt }, { X: value });

describe('a number that the API may have rounded', () => {
  it.each([2 ** 53, -(2 ** 60), 1e20])('is a whole number beyond 2^53: %d', (value) => {
    expect(rounded('Number', value)).toBe(true);
  });

  it.each([123456789012345680, 0.1234567890123456, 1234567890.1234567])(
    'is a decimal of 16 digits or more: %d',
    (value) => {
      expect(rounded('Decimal', value)).toBe(true);
    },
  );

  it.each([0, -1.5, 99.99, 2 ** 53 - 1, null, '9007199254740993', 1e-7])('is not %p', (value) => {
    expect(rounded('Number', value)).toBe(false);
  });

  it.each([0, 99.99, 123456789.012345, 1e20, 1e-7, 123456789012345])(
    'is no decimal of 15 digits: %d',
    (value) => {
      expect(rounded('Decimal', value)).toBe(false);
    },
  );
});
