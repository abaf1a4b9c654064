import { describe, expect, it } from '@jest/globals';
import { filterOf, subjectPattern } from './event-filters.js';

const id = '2026-02-05_05-15-00';

describe('the subjects of the events that are wanted', () => {
  it.each([
    [{}, 'evt.>'],
    [{ id }, `evt.*.${id}.>`],
    [{ backup: id }, `evt.backup.${id}.>`],
    [{ restore: id }, `evt.restore.${id}.>`],
    [{ stream: 'restore' }, 'evt.restore.>'],
    [{ id, stream: 'restore' }, `evt.restore.${id}.>`],
    [{ id, backup: id }, `evt.backup.${id}.>`],
    [{ subject: 'evt.backup.*.DumpFailed' }, 'evt.backup.*.DumpFailed'],
  ])('are those of %j', (wanted, filter) => {
    expect(filterOf(wanted)).toBe(filter);
  });

  it.each([
    { backup: id, restore: id },
    { backup: id, stream: 'restore' },
    { id, backup: '2026-02-06_05-15-00' },
    { id, subject: 'evt.>' },
  ])('are none for %j: a wish of two things', (wanted) => {
    expect(() => filterOf(wanted)).toThrow(/name one thing/);
  });

  it('are never those that an id smuggles in', () => {
    expect(() => filterOf({ backup: '*' })).toThrow(/no id/);
  });

  it.each(['evt.>', 'evt.*.b1.>', 'evt.backup.b1.TableExported.t1'])('may be %j', (text) => {
    expect(subjectPattern(text)).toBe(text);
  });

  it.each(['>', 'evt', '$JS.>', 'evt.a b', 'evt.>.a', 'evt..a'])('may not be %j', (text) => {
    expect(() => subjectPattern(text)).toThrow(/pattern of subjects/);
  });
});
