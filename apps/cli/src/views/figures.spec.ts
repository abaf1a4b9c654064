import { describe, expect, it } from '@jest/globals';
import { ageText, countText, durationText, sizeText } from './figures.js';

describe('figures for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [45_200_000, '45.2 MB'],
    [999_960, '1.0 MB'],
    [1_250_000_000_000, '1.3 TB'],
  ])('show %j bytes as %j', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  it.each([
    [0.4, '0 s'],
    [59, '59 s'],
    [120, '2 min'],
    [3605, '1 h'],
    [7500, '2 h 5 min'],
    [93_600, '1 d 2 h'],
  ])('show %j seconds as %j', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  it('know singular and plural', () => {
    expect(countText(1, 'record')).toBe('1 record');
    expect(countText(1250, 'record')).toBe('1,250 records');
  });

  it('do not call the future a past', () => {
    const now = new Date('2026-02-05T05:15:00Z');
    expect(ageText(new Date('2026-02-05T03:10:00Z'), now)).toBe('2 h 5 min ago');
    expect(ageText(new Date('2026-02-05T05:16:00Z'), now)).toBe('in 1 min');
  });
});
