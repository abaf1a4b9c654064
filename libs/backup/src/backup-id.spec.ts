import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BackupId, backupIdOf, instantOf } from './backup-id.js';

const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });

describe('a backup id', () => {
  it('names the planned instant in UTC', () => {
    expect(backupIdOf(new Date('2026-02-05T06:15:00+01:00'))).toBe('2026-02-05_05-15-00');
  });

  it('gives the instant back, to the second', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(instantOf(backupIdOf(instant))?.getTime()).toBe(Math.floor(instant.getTime() / 1000) * 1000);
      }),
    );
  });

  it('sorts by age', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        if (a < b) expect(backupIdOf(a) <= backupIdOf(b)).toBe(true);
      }),
    );
  });

  it.each([
    '',
    '..',
    '2026-02-30_05-15-00',
    '2026-02-05_25-15-00',
    '2026-02-05_05-15-00/..',
    '2026-2-5_5-15-0',
  ])('is not %j', (id) => {
    expect(BackupId.safeParse(id).success).toBe(false);
  });
});
