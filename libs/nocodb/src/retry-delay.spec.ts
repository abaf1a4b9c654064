import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.js';

const now = Date.parse('2026-02-05T05:15:00Z');

describe('the wait before another try', () => {
  it('doubles, with jitter', () => {
    expect([1, 2, 3].map((attempt) => retryDelay({ attempt, now, random: 0.5 }))).toEqual([250, 500, 1000]);
    expect(retryDelay({ attempt: 1, now, random: 0 })).toBe(125);
  });

  it('is what the server asks for, in seconds or as a date', () => {
    expect(retryDelay({ attempt: 1, retryAfter: '7', now, random: 0 })).toBe(7000);
    expect(retryDelay({ attempt: 1, retryAfter: 'Thu, 05 Feb 2026 05:15:09 GMT', now, random: 0 })).toBe(
      9000,
    );
  });

  it('is never longer than half a minute, whatever the server asks for', () => {
    expect(retryDelay({ attempt: 1, retryAfter: '86400', now, random: 0 })).toBe(30_000);
    expect(retryDelay({ attempt: 30, now, random: 1 })).toBe(30_000);
  });

  it('does not trust a header that means nothing, or a date that has passed', () => {
    expect(retryDelay({ attempt: 1, retryAfter: 'soon', now, random: 0.5 })).toBe(250);
    expect(retryDelay({ attempt: 1, retryAfter: 'Thu, 05 Feb 2020 05:15:09 GMT', now, random: 0 })).toBe(0);
  });
});
