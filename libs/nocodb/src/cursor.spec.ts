import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cursor, firstPage, nextPage, pageQuery, type Reading } from './cursor.js';
import type { Row } from './schemas.js';

const id = { id: 'c1', title: 'Id', uidt: 'ID' };
const text = { id: 'c2', title: 'Code', uidt: 'SingleLineText' };
const reading: Reading = { tableId: 't', name: 'the records of "T"', fields: [id], key: [id] };
const rowsOf = (ids: readonly number[]): Row[] => ids.map((Id) => ({ Id }));

/** What a server answers whose largest page is `cap`. */
const answer = (ids: readonly number[], cursor: Cursor, cap: number) => {
  const where = pageQuery(reading, cursor).where ?? '';
  const above = Number(/gt,(-?\d+)/.exec(where)?.[1] ?? -Infinity);
  const below = Number(/lte,(-?\d+)/.exec(where)?.[1] ?? Infinity);
  const matching = ids.filter((value) => value > above && value <= below);
  const pageSize = Math.min(cap, cursor.limit);
  const list = rowsOf(matching.slice(0, pageSize));
  return { list, pageInfo: { pageSize, isLastPage: matching.length <= pageSize } };
};

const walk = (ids: readonly number[], cap: number) => {
  const seen: unknown[] = [];
  const bounds = ids.length === 0 ? undefined : { min: Math.min(...ids), max: Math.max(...ids) };
  let cursor: Cursor | undefined = firstPage(reading, bounds);
  let pages = 0;
  while (cursor !== undefined) {
    const page = answer(ids, cursor, cap);
    seen.push(...page.list.map(({ Id }) => Id));
    cursor = nextPage(reading, cursor, page);
    if (++pages > 10_000) throw new Error('never ends');
  }
  return { seen, pages };
};

describe('reading page by page', () => {
  it('gives every row once and in order, whatever the ids, the gaps and the page size of the server', () => {
    const ids = fc.uniqueArray(fc.oneof(fc.integer(), fc.integer({ min: 1, max: 5000 })), { maxLength: 300 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 2000 }), (list, cap) => {
        const sorted = list.toSorted((a, b) => a - b);
        expect(walk(sorted, cap).seen).toEqual(sorted);
      }),
    );
  });

  it('crosses a gap of a thousand million ids in a few pages', () => {
    expect(walk([1, 1_000_000_000], 1000).pages).toBeLessThan(15);
  });

  it('asks for no more than the server counts quickly', () => {
    expect(pageQuery(reading, firstPage(reading, { min: 1, max: 1_000_000 })).where).toBe(
      '(c1,gt,0)~and(c1,lte,2000)',
    );
  });

  it('pages a text key by offset, and advances by what came', () => {
    const byText = { ...reading, key: [text] };
    const page = { list: [{ Code: 'a' }, { Code: 'b' }], pageInfo: { pageSize: 2 } };
    const next = nextPage(byText, firstPage(byText, undefined), page);
    expect(next && pageQuery(byText, next)).toMatchObject({ sort: 'c2', offset: 2, where: undefined });
  });

  it('refuses a server that gives the same page again', () => {
    const cursor: Cursor = { read: 2, position: [['c1', 2]], limit: 2 };
    const page = { list: rowsOf([1, 2]), pageInfo: { pageSize: 2 } };
    expect(() => nextPage(reading, cursor, page)).toThrow('the same page of the records of "T" again');
  });

  const pageOf = (...texts: readonly string[]) => ({
    list: texts.map((Text, index) => ({ Id: index + 1, Text })),
    pageInfo: { pageSize: texts.length },
  });
  const first = firstPage(reading, { min: 1, max: 9999 });

  it('asks for fewer rows when they are long', () => {
    expect(nextPage(reading, first, pageOf('x'.repeat(1_000_000)))?.limit).toBe(4);
  });

  it('judges the length of the rows by many of them, not by one', () => {
    const short = Array.from({ length: 999 }, () => 'x'.repeat(10));
    expect(nextPage(reading, first, pageOf(...short, 'x'.repeat(100_000)))?.limit).toBe(1000);
  });

  it('asks for more rows again, step by step, when they are short', () => {
    const page = pageOf(...Array.from({ length: 40 }, () => 'x'));
    expect(nextPage(reading, { ...first, limit: 40 }, page)?.limit).toBe(80);
  });
});
