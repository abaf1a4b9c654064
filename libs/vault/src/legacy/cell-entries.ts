import { z } from 'zod';
import type { StoredRow } from '../stored-backup.js';
import { legacyName } from './legacy-manifest.js';
import type { LegacyColumn } from './legacy-schema.js';

const text = z.string().nullish();
const Attached = z.looseObject({
  title: text,
  path: text,
  url: text,
  size: z.number().nullish(),
  mimetype: text,
});

/** One file that a cell names. */
export interface CellEntry {
  readonly column: LegacyColumn;
  /** Its place in the cell, from 0. */
  readonly index: number;
  readonly title: string;
  readonly mimetype: string | null;
  readonly size: number | undefined;
  /** Names under which the older tool may have stored it, the likeliest first. */
  readonly names: readonly string[];
  /** What NocoDB knew it by: two entries of one address are one file. */
  readonly address: string;
}

/** The files that the row's attachment cells name. */
export const cellEntries = (row: StoredRow, columns: readonly LegacyColumn[]): CellEntry[] =>
  columns.flatMap((column) =>
    entriesIn(row[column.title]).map((attached, index) => cellEntry(column, index, attached)),
  );

const entriesIn = (cell: unknown): readonly z.infer<typeof Attached>[] => {
  const entries = z.array(Attached).safeParse(typeof cell === 'string' ? parsed(cell) : cell);
  return entries.success ? entries.data : [];
};

const parsed = (cell: string): unknown => {
  try {
    return JSON.parse(cell);
  } catch {
    return undefined;
  }
};

const cellEntry = (column: LegacyColumn, index: number, attached: z.infer<typeof Attached>): CellEntry => {
  const { title, path, url, size, mimetype } = attached;
  const names = [title, lastSegment(path), lastSegment(url)].filter(isName);
  return {
    column,
    index,
    title: names[0] ?? 'attachment',
    mimetype: mimetype ?? null,
    size: size ?? undefined,
    names: [...new Set(names.map((name) => legacyName(name)))],
    address: path ?? url ?? '',
  };
};

const isName = (name: string | null | undefined): name is string => typeof name === 'string' && name !== '';

const lastSegment = (path: string | null | undefined): string | undefined => {
  const name = path?.split(/[?#]/, 1)[0]?.split('/').at(-1);
  try {
    return name && decodeURIComponent(name);
  } catch {
    return name;
  }
};
