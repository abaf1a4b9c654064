import { describe, expect, it } from '@jest/globals';
import type { AttachmentEntry } from '@nocodb-backup/backup';
import { cellBatches } from './stored-cells.js';

const cell = (record: number, column: string, files: number): AttachmentEntry[] =>
  Array.from({ length: files }, (_, index) => ({
    ...{ record, column, index, title: 'x', mimetype: null },
    missing: 'gone',
  }));

async function* from(entries: readonly AttachmentEntry[]) {
  for (const entry of entries) yield await Promise.resolve(entry);
}

const batches = async (...cells: readonly AttachmentEntry[][]) => {
  const found = [];
  for await (const batch of cellBatches(from(cells.flat())))
    found.push(batch.map(({ record, column, entries }) => `${String(record)}${column}:${entries.length}`));
  return found;
};

describe('the cells of a list of files', () => {
  it('are whole, also beside another column of the same record', async () => {
    expect(await batches(cell(1, 'a', 2), cell(1, 'b', 1), cell(2, 'a', 3))).toEqual([
      ['1a:2', '1b:1', '2a:3'],
    ]);
  });

  it('come as many together as one request names', async () => {
    const sizes = await batches(...Array.from({ length: 101 }, (_, n) => cell(n, 'a', 1)));
    expect(sizes.map(({ length }) => length)).toEqual([100, 1]);
  });

  it('with many files come in smaller batches, and one cell is never divided', async () => {
    expect(await batches(cell(1, 'a', 300), cell(2, 'a', 300), cell(3, 'a', 1000))).toEqual([
      ['1a:300'],
      ['2a:300'],
      ['3a:1000'],
    ]);
  });

  it('of an empty list are none', async () => {
    expect(await batches()).toEqual([]);
  });
});
