type Ids = AsyncIterable<unknown> | Iterable<unknown>;

/** Record ids and the place of each of them in a list: 12 bytes for a number, so that tens of millions fit into memory. */
export interface IdIndex {
  /** How many different ids there are. */
  readonly size: number;
  /** The largest id that is a number; 0 without any. */
  readonly max: number;
  has(id: unknown): boolean;
  /** Where the id came first in the list, from 0. */
  position(id: unknown): number | undefined;
}

/** Reads all ids of the list. */
export const idIndex = async (ids: Ids): Promise<IdIndex> => {
  const numbers = new Numbers();
  const texts = new Map<string, number>();
  let at = 0;
  for await (const id of ids) {
    const number = wholeNumber(id);
    if (number !== undefined) numbers.add(number, at);
    else if (!texts.has(String(id))) texts.set(String(id), at);
    at++;
  }
  const sorted = numbers.sorted();
  const position = (id: unknown) => {
    const number = wholeNumber(id);
    return number === undefined ? texts.get(String(id)) : sorted.position(number);
  };
  return {
    size: sorted.size + texts.size,
    max: sorted.max,
    has: (id) => position(id) !== undefined,
    position,
  };
};

/** Ids that the database keeps as numbers come as numbers, or as text when they are large. */
const wholeNumber = (id: unknown): number | undefined => {
  if (typeof id === 'number') return id;
  return typeof id === 'string' && /^\d{1,15}$/.test(id) && !/^0\d/.test(id) ? Number(id) : undefined;
};

const firstRoom = 1024;

class Numbers {
  #ids = new Float64Array(firstRoom);
  #places = new Uint32Array(firstRoom);
  #size = 0;
  #isSorted = true;

  add(id: number, place: number): void {
    if (this.#size === this.#ids.length) this.#grow();
    if (this.#size > 0 && id <= (this.#ids[this.#size - 1] ?? 0)) this.#isSorted = false;
    this.#ids[this.#size] = id;
    this.#places[this.#size++] = place;
  }

  sorted() {
    const [ids, places] = this.#isSorted
      ? [this.#ids.subarray(0, this.#size), this.#places.subarray(0, this.#size)]
      : this.#inOrder();
    return {
      size: ids.length,
      max: ids.at(-1) ?? 0,
      position: (id: number) => {
        const at = lowerBound(ids, id);
        return ids[at] === id ? places[at] : undefined;
      },
    };
  }

  /** By id, each of them once, with its first place. */
  #inOrder(): [Float64Array, Uint32Array] {
    const own = this.#ids;
    const order = Uint32Array.from({ length: this.#size }, (_, index) => index);
    order.sort((a, b) => (own[a] ?? 0) - (own[b] ?? 0) || a - b);
    const once = order.filter((at, index) => index === 0 || own[at] !== own[order[index - 1] ?? 0]);
    return [Float64Array.from(once, (at) => own[at] ?? 0), once.map((at) => this.#places[at] ?? 0)];
  }

  #grow(): void {
    const [ids, places] = [new Float64Array(this.#size * 2), new Uint32Array(this.#size * 2)];
    ids.set(this.#ids);
    places.set(this.#places);
    [this.#ids, this.#places] = [ids, places];
  }
}

/** The first place whose value is not below the id. */
const lowerBound = (ids: Float64Array, id: number): number => {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
};
