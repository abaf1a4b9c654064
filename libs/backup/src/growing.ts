/**
 * The map with one more entry, which `map` does not get; a key that it has keeps its value. To add to what was made last takes no copy: of
 * a backup with many tables, which come one by one, all copies together would be most of the work.
 */
export const grown = <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value,
): ReadonlyMap<Key, Value> => {
  if (map.has(key)) return map;
  const growing = map instanceof Growing ? (map as Growing<Key, Value>) : Growing.copyOf(map);
  return growing.with(key, value);
};

interface Place<Value> {
  readonly index: number;
  readonly value: Value;
}

/** The first `size` entries of a map that is only ever added to, and that several of these share. */
class Growing<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly #shared: Map<Key, Place<Value>>;
  readonly #size: number;

  private constructor(shared: Map<Key, Place<Value>>, size: number) {
    this.#shared = shared;
    this.#size = size;
  }

  static copyOf<Key, Value>(map: ReadonlyMap<Key, Value>): Growing<Key, Value> {
    const shared = new Map<Key, Place<Value>>();
    for (const [key, value] of map) shared.set(key, { index: shared.size, value });
    return new Growing(shared, shared.size);
  }

  with(key: Key, value: Value): Growing<Key, Value> {
    if (this.#shared.size > this.#size) return Growing.copyOf(this).with(key, value);
    this.#shared.set(key, { index: this.#size, value });
    return new Growing(this.#shared, this.#size + 1);
  }

  get size(): number {
    return this.#size;
  }

  get(key: Key): Value | undefined {
    return this.#placeOf(key)?.value;
  }

  has(key: Key): boolean {
    return this.#placeOf(key) !== undefined;
  }

  *entries(): MapIterator<[Key, Value]> {
    for (const [key, { index, value }] of this.#shared) {
      if (index >= this.#size) return;
      yield [key, value];
    }
  }

  *keys(): MapIterator<Key> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  forEach(told: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.entries()) told(value, key, this);
  }

  #placeOf(key: Key): Place<Value> | undefined {
    const place = this.#shared.get(key);
    return place && place.index < this.#size ? place : undefined;
  }
}
