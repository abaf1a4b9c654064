/** What tells a record from the others: the values of its key, or the whole record where there is none. */
export type RecordKey = readonly unknown[];

/** The order of two keys: numbers by value, before texts, which go by their characters. Values of one column are of one sort. */
export const compareKeys = (a: RecordKey, b: RecordKey): number => {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compared(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
};

const compared = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  const [one, other] = [textOf(a), textOf(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
