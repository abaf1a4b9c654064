/** One thing in which two bases are not the same. */
export interface Difference {
  /** Where, by titles: `table "Kunden" / column "Status" / colOptions / options / 1 / color`. */
  readonly path: string;
  /** What is there on either side; undefined where there is nothing. */
  readonly left: unknown;
  readonly right: unknown;
}

/** A difference in one line, for messages. */
export const lineOf = ({ path, left, right }: Difference) => `${path}: ${shown(left)} ≠ ${shown(right)}`;

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));

/** Every place where two values differ, down to the leaf. Maps go by key; lists of plain values are one leaf. */
export const differencesIn = (path: string, left: unknown, right: unknown): Difference[] => {
  if (left instanceof Map && right instanceof Map) return inMaps(path, left, right);
  if (isTree(left) && isTree(right))
    return inMaps(path, new Map(Object.entries(left)), new Map(Object.entries(right)));
  return JSON.stringify(left) === JSON.stringify(right)
    ? []
    : [{ path, left: leaf(left), right: leaf(right) }];
};

const inMaps = (path: string, left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>) =>
  [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    differencesIn(path === '' ? key : `${path} / ${key}`, left.get(key), right.get(key)),
  );

const isTree = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !(Array.isArray(value) && value.every((item) => typeof item !== 'object'));

/** A whole table that is missing needs no more than its name. */
const leaf = (value: unknown) => (value instanceof Map ? `${value.size} entries` : value);
