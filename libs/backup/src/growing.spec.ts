import { describe, expect, it } from '@jest/globals';
import { grown } from './growing.js';

const empty: ReadonlyMap<string, number> = new Map();
const one = grown(empty, 'a', 1);

describe('a map that grows', () => {
  it('is what it was, whatever was made of it since', () => {
    const two = grown(one, 'b', 2);
    grown(two, 'c', 3);
    expect(empty.size).toBe(0);
    expect([one.size, one.has('b'), one.get('b'), [...one]]).toEqual([1, false, undefined, [['a', 1]]]);
    expect([...two.keys(), ...two.values()]).toEqual(['a', 'b', 1, 2]);
    expect([two.size, two.get('b'), two.has('c')]).toEqual([2, 2, false]);
  });

  it('can be gone on with in two ways', () => {
    const left = grown(grown(one, 'l', 2), 'x', 3);
    const right = grown(grown(one, 'r', 4), 'x', 5);
    const again = grown(one, 'l', 6);
    expect(Object.fromEntries(left)).toEqual({ a: 1, l: 2, x: 3 });
    expect(Object.fromEntries(right)).toEqual({ a: 1, r: 4, x: 5 });
    expect(Object.fromEntries(again)).toEqual({ a: 1, l: 6 });
  });

  it('keeps the value that a key has', () => {
    expect(grown(one, 'a', 2)).toBe(one);
    expect(grown(new Map([['a', 1]]), 'a', 2).get('a')).toBe(1);
  });

  it('equals one that was made in another way, and no other', () => {
    const two = grown(one, 'b', 2);
    const told: unknown[] = [];
    two.forEach((value, key, map) => told.push([key, value, map.size]));
    expect(told).toEqual([
      ['a', 1, 2],
      ['b', 2, 2],
    ]);
    expect(grown(grown(empty, 'a', 1), 'b', 2)).toEqual(two);
    expect(grown(grown(empty, 'a', 1), 'b', 3)).not.toEqual(two);
    expect(one).not.toEqual(two);
  });
});
