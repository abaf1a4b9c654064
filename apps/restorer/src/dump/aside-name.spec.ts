import { describe, expect, it } from '@jest/globals';
import { asideName, isTooLong } from './aside-name.js';

const ID = '2026-03-01_10-00-00';

describe('the name of a database beside another one', () => {
  it('tells of what, and of which restore', () => {
    expect(asideName('nocodb', 'before', ID)).toBe('nocodb_before_2026-03-01_10-00-00');
    expect(asideName('n', 'restore', ID)).toBe('n_restore_2026-03-01_10-00-00');
  });

  it('is never longer than PostgreSQL allows, and whole characters', () => {
    for (const name of ['x'.repeat(63), 'ä'.repeat(31), '💶'.repeat(15), `${'x'.repeat(34)}💶ä`]) {
      const aside = asideName(name, 'before', ID);
      expect(Buffer.byteLength(aside)).toBeLessThanOrEqual(63);
      expect(aside.isWellFormed()).toBe(true);
      expect(aside.endsWith(`_before_${ID}`)).toBe(true);
    }
  });

  it('is another one for another database, however alike their beginnings are', () => {
    const names = ['a', 'b', ''].map((end) => asideName('x'.repeat(60) + end, 'before', ID));
    expect(new Set(names).size).toBe(3);
  });
});

describe('a name', () => {
  it('is too long from 64 bytes on', () => {
    expect(isTooLong('x'.repeat(63))).toBe(false);
    expect(isTooLong('ä'.repeat(32))).toBe(true);
  });
});
