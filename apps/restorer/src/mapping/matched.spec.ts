import { describe, expect, it } from '@jest/globals';
import { matched } from './matched.js';

const one = (id: string, title: string) => ({ id, title });
const match = (stored: readonly ReturnType<typeof one>[], present: readonly ReturnType<typeof one>[]) => {
  const { found, ambiguous } = matched(stored, present);
  const ids = Object.fromEntries([...found].map(([id, { id: there }]) => [id, there]));
  return { ids, ambiguous: Object.fromEntries(ambiguous) };
};

describe('the bases of a backup and those of the target', () => {
  it('belong together by title', () => {
    expect(match([one('a', 'CRM'), one('b', 'Shop')], [one('x', 'Shop'), one('y', 'shop')])).toEqual({
      ids: { b: 'x' },
      ambiguous: {},
    });
  });

  it('belong together by id first, so that a renamed base is still itself', () => {
    expect(match([one('a', 'CRM'), one('b', 'CRM')], [one('b', 'CRM'), one('c', 'other')])).toEqual({
      ids: { b: 'b' },
      ambiguous: {},
    });
  });

  it('are paired in their order where both have equally many of one title', () => {
    expect(match([one('a', 'CRM'), one('b', 'CRM')], [one('x', 'CRM'), one('y', 'CRM')]).ids).toEqual({
      a: 'x',
      b: 'y',
    });
  });

  it.each([
    [['a'], ['x', 'y']],
    [['a', 'b'], ['x']],
  ])('%j and %j of one title cannot be told apart', (stored, present) => {
    const ofTitle = (ids: readonly string[]) => ids.map((id) => one(id, 'CRM'));
    expect(match(ofTitle(stored), ofTitle(present))).toEqual({ ids: {}, ambiguous: { CRM: present } });
  });
});
