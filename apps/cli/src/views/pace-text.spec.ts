import { describe, expect, it } from '@jest/globals';
import { paceText } from './pace-text.js';

describe('the pace of work', () => {
  it.each([
    [{ records: 12_400, recordsTotal: 50_000 }, 3410, '12,400 of 50,000 records, 3,410/s, 12 s left'],
    [{ bytes: 12_300_000, bytesTotal: 45_000_000 }, 3_100_000, '12.3 MB of 45.0 MB, 3.1 MB/s, 11 s left'],
    [{ records: 1, recordsTotal: 1000 }, 0.5, '1 of 1,000 records, 0.5/s, 33 min 18 s left'],
    [{ records: 5, recordsTotal: 10 }, undefined, '5 of 10 records'],
    [{ records: 5, recordsTotal: 10 }, 0, '5 of 10 records'],
    [{ records: 10, recordsTotal: 10 }, 5, '10 of 10 records'],
    [{ files: 3 }, 5, '3 files'],
    [{}, undefined, ''],
  ])('of %j at %j a second is %j', (figures, perSecond, text) => {
    expect(paceText(figures, perSecond)).toBe(text);
  });

  it('is that of what is not done yet, and the rest follows', () => {
    const figures = { records: 10, recordsTotal: 10, links: 3, linksTotal: 9, failures: 1 };
    expect(paceText(figures, 2)).toBe('3 of 9 links, 2.0/s, 3 s left, 10 of 10 records, 1 failures');
  });
});
