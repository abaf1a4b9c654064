import { describe, expect, it } from '@jest/globals';
import { idIndex } from './id-index.js';

describe('an index of record ids', () => {
  it('knows the place of each id, in whatever order they come', async () => {
    const ids = await idIndex([40, 7, 1, 99]);
    expect([40, 7, 1, 99, 2].map((id) => ids.position(id))).toEqual([0, 1, 2, 3, undefined]);
    expect(ids).toMatchObject({ size: 4, max: 99 });
  });

  it('takes an id that comes twice once, at its first place', async () => {
    const ids = await idIndex([5, 3, 5, 4, 3]);
    expect([ids.size, ids.position(5), ids.position(3), ids.position(4)]).toEqual([3, 0, 1, 3]);
  });

  it('holds more ids than its first room', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => 10_000 - index * 2);
    const ids = await idIndex(many);
    expect(many.every((id, index) => ids.position(id) === index)).toBe(true);
    expect(ids.has(9_999)).toBe(false);
  });

  it('takes large numbers as text, and texts that are no numbers', async () => {
    const ids = await idIndex(['12', 'rec_a', '007']);
    expect([ids.has(12), ids.has('12'), ids.has('rec_a'), ids.has('007'), ids.has(7)]).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('of nothing is empty', async () => {
    expect(await idIndex([])).toMatchObject({ size: 0, max: 0 });
  });
});
