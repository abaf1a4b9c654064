import { createHash } from 'node:crypto';
import { type Column, lastingRow, type Row, signedTitles } from '@nocodb-backup/nocodb';

/** A digest that is told the lines of a file while they are written. */
export interface ContentDigest<Item> {
  readonly heard: (items: readonly Item[], lines: readonly string[]) => void;
  /** Of all lines (hex); once. */
  readonly digest: () => string;
}

/** Digests lines as they are. */
export const linesDigest = (): ContentDigest<unknown> => {
  const hash = createHash('sha256');
  return {
    heard: (_, lines) => {
      hash.update(`${lines.join('\n')}\n`);
    },
    digest: () => hash.digest('hex'),
  };
};

/** Digests records without what NocoDB signs anew on each read; where there is nothing of the kind, the lines as they are. */
export const recordsDigest = (columns: readonly Column[]): ContentDigest<Row> => {
  const titles = signedTitles(columns);
  const { heard, digest } = linesDigest();
  if (titles.length === 0) return { heard, digest };
  const lasting = (row: Row, line: string) =>
    expiring.test(line) ? JSON.stringify(lastingRow(row, titles)) : line;
  return {
    heard: (rows, lines) => {
      heard(
        rows,
        rows.map((row, at) => lasting(row, lines[at] ?? '')),
      );
    },
    digest,
  };
};

/** Most cells are empty: only lines that may hold such an address are written a second time. */
const expiring = /"(?:signed|thumbnails)/;

/** The hash of a table's content, of the digests of its records and of its links; their order for people is not part of it. */
export const contentHash = (digests: {
  readonly records: string;
  /** Undefined in a table without columns of links. */
  readonly links: string | undefined;
}): string =>
  createHash('sha256')
    .update(`records ${digests.records}\nlinks ${digests.links ?? 'none'}\n`)
    .digest('hex');
