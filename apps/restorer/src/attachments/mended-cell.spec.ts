import { describe, expect, it } from '@jest/globals';
import type { Attachment } from '@nocodb-backup/nocodb';
import { type Decision, mendedCell, writableEntry } from './mended-cell.js';
import type { StoredFile } from './stored-cells.js';

const entry = (path: string, title = path, size = 1): Attachment => ({ path, title, size });
const file = (title: string): StoredFile => ({
  record: 1,
  column: 'c',
  index: 0,
  title,
  mimetype: null,
  path: 'x',
  bytes: 1,
  sha256: '0',
});
const kept = (old: Attachment): Decision => ({ file: file(old.title ?? ''), entry: old, fresh: undefined });
const replaced = (title: string, old: Attachment | undefined, fresh: Attachment): Decision => ({
  file: file(title),
  entry: old,
  fresh,
});
const paths = (entries: readonly Attachment[]) => entries.map(({ path }) => path);

describe('a mended cell', () => {
  const [a, b, mine] = [entry('a'), entry('b'), entry('mine')];

  it('has the stored files in their order, and behind them what else was there', () => {
    const now = [mine, b];
    const decisions = [replaced('a', undefined, entry('new', 'a')), kept(b)];
    expect(paths(mendedCell(now, now, decisions))).toEqual(['new', 'b', 'mine']);
  });

  it('names the uploaded file where it named one that is gone', () => {
    expect(paths(mendedCell([a, b], [a, b], [replaced('a', a, entry('new', 'a')), kept(b)]))).toEqual([
      'new',
      'b',
    ]);
  });

  it('keeps the entry of a file that could not be uploaded', () => {
    const decisions = [kept(a), replaced('b', b, entry('new', 'b'))];
    expect(paths(mendedCell([a, b], [a, b], decisions))).toEqual(['a', 'new']);
  });

  it('has what somebody has added meanwhile, and not what somebody has removed meanwhile', () => {
    const decisions = [kept(a), replaced('b', undefined, entry('new', 'b'))];
    expect(paths(mendedCell([mine], [a], decisions))).toEqual(['new', 'mine']);
  });

  it('has a file once that another attempt has put there meanwhile', () => {
    const theirs = entry('theirs', 'a');
    expect(paths(mendedCell([theirs], [], [replaced('a', undefined, entry('new', 'a'))]))).toEqual([
      'theirs',
    ]);
    expect(paths(mendedCell([theirs], [a], [replaced('a', a, entry('new', 'a'))]))).toEqual(['theirs']);
  });

  it('is what it is when it is mended again', () => {
    const decisions = [replaced('a', a, entry('new', 'a')), kept(b)];
    const once = mendedCell([a, mine, b], [a, mine, b], decisions);
    expect(mendedCell(once, [a, mine, b], decisions)).toEqual(once);
  });

  it('tells files of one title apart that were uploaded together', () => {
    const decisions = [replaced('a', undefined, entry('1', 'a')), replaced('a', undefined, entry('2', 'a'))];
    expect(paths(mendedCell([], [], decisions))).toEqual(['1', '2']);
    expect(paths(mendedCell([entry('1', 'a'), entry('2', 'a')], [], decisions))).toEqual(['1', '2']);
  });

  it('keeps their order although somebody has sorted the cell meanwhile', () => {
    const decisions = [replaced('a', undefined, entry('1', 'a')), replaced('a', undefined, entry('2', 'a'))];
    expect(paths(mendedCell([entry('2', 'a'), entry('1', 'a')], [], decisions))).toEqual(['1', '2']);
  });

  it('has the file beside another one of its title and size that was there before', () => {
    const other = entry('other', 'a');
    expect(paths(mendedCell([other], [other], [replaced('a', undefined, entry('new', 'a'))]))).toEqual([
      'new',
      'other',
    ]);
  });

  it('is written without what NocoDB signs for a while', () => {
    expect(writableEntry({ id: '1', path: 'p', signedPath: 's', thumbnails: {}, width: 3 })).toEqual({
      id: '1',
      path: 'p',
      width: 3,
    });
  });
});
