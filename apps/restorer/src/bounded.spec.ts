import { expect, it } from '@jest/globals';
import { RestoreStepCompleted } from '@nocodb-backup/events';
import { boundedLeftOut, boundedWarnings } from './bounded.js';

it('fits a fact whatever was left out, and loses nothing of the count', () => {
  const long = 'x'.repeat(5000);
  const all = Array.from({ length: 250 }, (_, n) => ({
    what: `${n}${long}`,
    reason: `${n}${long}`,
    count: 3,
    examples: Array.from({ length: 90 }, () => long),
  }));
  const leftOut = boundedLeftOut(all);
  const warnings = boundedWarnings(all.flatMap(({ what }) => [what, what]));
  const step = { restoreId: 'r', key: 'k', target: null, counts: {}, leftOut, warnings, seconds: 1 };
  expect(() => RestoreStepCompleted(step)).not.toThrow();
  expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(750);
  expect(warnings.at(-1)).toBe('and 151 more warnings');
});

it('leaves alone what fits', () => {
  const few = [{ what: 'records of "A"', reason: 'no such option', count: 2, examples: ['1', '2'] }];
  expect(boundedLeftOut(few)).toEqual(few);
  expect(boundedWarnings(['a', 'b', 'a'])).toEqual(['a', 'b']);
});
