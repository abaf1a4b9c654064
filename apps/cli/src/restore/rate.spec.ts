import { describe, expect, it } from '@jest/globals';
import { rateOf, type Sample, withSample } from './rate.js';

const seen = (...samples: [number, number][]): readonly Sample[] =>
  samples.reduce<readonly Sample[]>((all, [atMs, value]) => withSample(all, { atMs, value }), []);

describe('the rate', () => {
  it('is not known before a second has passed', () => {
    expect(rateOf([])).toBeUndefined();
    expect(rateOf(seen([0, 10]))).toBeUndefined();
    expect(rateOf(seen([0, 10], [900, 20]))).toBeUndefined();
  });

  it('counts from what was seen first, not from nothing', () => {
    expect(rateOf(seen([0, 1000], [2000, 1500]))).toBe(250);
  });

  it('falls when nothing moves', () => {
    expect(rateOf(seen([0, 0], [1000, 100], [4000, 100]))).toBe(25);
  });

  it('begins anew when another attempt does', () => {
    expect(rateOf(seen([0, 0], [1000, 9000], [2000, 10], [4000, 30]))).toBe(10);
  });

  it('forgets what was long ago', () => {
    const fastThenSlow = Array.from({ length: 100 }, (_, index): [number, number] => [
      index * 1000,
      index < 50 ? index * 1000 : 50_000 + index,
    ]);
    expect(rateOf(seen(...fastThenSlow))).toBe(1);
  });

  it('keeps no sample for each of many figures a second', () => {
    const many = Array.from({ length: 1000 }, (_, index): [number, number] => [index * 10, index]);
    expect(seen(...many).length).toBeLessThanOrEqual(40);
    expect(rateOf(seen(...many))).toBeCloseTo(100);
  });
});
