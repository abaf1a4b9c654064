import { describe, expect, it } from '@jest/globals';
import { after, allOf } from './where.js';

describe('a condition', () => {
  it('on nothing is none', () => {
    expect(allOf()).toBeUndefined();
    expect(allOf(undefined, '(a,gt,1)')).toBe('(a,gt,1)');
  });

  it('keeps alternatives together when another condition is added', () => {
    expect(allOf('(a,gt,1)~or(b,gt,2)', '(c,notnull)')).toBe('((a,gt,1)~or(b,gt,2))~and(c,notnull)');
  });

  it('on what comes after a pair goes on within equal first values', () => {
    expect(after([['a', 3]])).toBe('(a,gt,3)');
    expect(
      after([
        ['a', 3],
        ['b', 95],
      ]),
    ).toBe('(a,gt,3)~or((a,eq,3)~and(b,gt,95))');
  });
});
