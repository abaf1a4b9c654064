import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { differences, type Field } from './differences.js';
import { compareKeys } from './record-key.js';
import { type KeyedRecord, sortedRecords } from './sorted-records.js';

const each = async function* <T>(items: readonly T[]) {
  for (const item of items) yield await Promise.resolve(item);
};
const records = (
  rows: Readonly<Record<string, unknown>>,
  titles: readonly string[] = ['Id'],
): KeyedRecord => ({
  key: titles.map((title) => rows[title]),
  row: rows,
});
const compare = (
  before: readonly KeyedRecord[],
  after: readonly KeyedRecord[],
  fields: readonly Field[] = [{ before: 'A', after: 'A', isSigned: false }],
) => Array.fromAsync(differences(each(before), each(after), fields));

describe('the differences of two tables', () => {
  it('are what was added, changed and removed, in the order of the ids', async () => {
    const before = [
      { Id: 1, A: 'x' },
      { Id: 2, A: 'y' },
      { Id: 9, A: 'z' },
    ].map((row) => records(row));
    const after = [
      { Id: 2, A: 'Y' },
      { Id: 9, A: 'z' },
      { Id: 10, A: null },
    ].map((row) => records(row));
    expect(await compare(before, after)).toEqual([
      { change: 'removed', key: [1], record: { Id: 1, A: 'x' } },
      { change: 'changed', key: [2], fields: { A: ['y', 'Y'] } },
      { change: 'added', key: [10], record: { Id: 10, A: null } },
    ]);
  });

  it('follow a column that was renamed, and do not mind the signed addresses of files', async () => {
    const before = [records({ Id: 1, Old: [{ title: 'a', signedPath: 'p1' }] })];
    const after = [records({ Id: 1, New: [{ title: 'a', signedPath: 'p2' }] })];
    const fields = { before: 'Old', after: 'New' };
    expect(await compare(before, after, [{ ...fields, isSigned: true }])).toEqual([]);
    expect(await compare(before, after, [{ ...fields, isSigned: false }])).toHaveLength(1);
  });

  it('are what a set of both says, whatever the keys are and in whatever order the records lie', async () => {
    const value = fc.oneof(fc.integer(), fc.string({ unit: 'binary' }));
    const rows = fc.array(fc.record({ Id: value, Sub: value, A: fc.nat(2) }), { maxLength: 12 });
    const unique = (all: readonly { Id: unknown; Sub: unknown; A: number }[]) => [
      ...new Map(all.map((row) => [JSON.stringify([row.Id, row.Sub]), records(row, ['Id', 'Sub'])])).values(),
    ];
    await fc.assert(
      fc.asyncProperty(rows, rows, async (left, right) => {
        const [before, after] = [unique(left), unique(right)];
        const sorted = (all: readonly KeyedRecord[]) =>
          sortedRecords(() => each(all), { atOnce: 150, files: 3 });
        const found = await Array.fromAsync(
          differences(sorted(before), sorted(after), [{ before: 'A', after: 'A', isSigned: false }]),
        );
        const texts = found.map(({ change, key }) => `${change} ${JSON.stringify(key)}`);
        const old = new Map(before.map((one) => [JSON.stringify(one.key), one.row.A]));
        const young = new Map(after.map((one) => [JSON.stringify(one.key), one.row.A]));
        const expected = [...new Set([...old.keys(), ...young.keys()])].flatMap((key) => {
          if (!young.has(key)) return [`removed ${key}`];
          if (!old.has(key)) return [`added ${key}`];
          return old.get(key) === young.get(key) ? [] : [`changed ${key}`];
        });
        expect(texts.toSorted()).toEqual(expected.toSorted());
        expect(found.map(({ key }) => key)).toEqual(found.map(({ key }) => key).toSorted(compareKeys));
      }),
      { numRuns: 25 },
    );
  });
});
