import { linkPair, type LinkReading, type NocoDb, pages } from '@nocodb-backup/nocodb';
import { type IdIndex, idIndex } from './id-index.js';

/** The links of one column that are on the target. */
export interface LinkIndex {
  readonly size: number;
  has(from: unknown, to: unknown): boolean;
  /** Whether the record has a link at all, on its side. */
  hasFrom(from: unknown): boolean;
  hasTo(to: unknown): boolean;
}

/** Reads all links of a column: by the id of the record, and by the pair as a number or text of its own. */
export const linkIndex = async (api: NocoDb, link: LinkReading, signal: AbortSignal): Promise<LinkIndex> => {
  const ends: Ends = { froms: [], tos: [] };
  for await (const { rows } of pages(api, link.reading, signal)) {
    for (const row of rows) {
      const { from, to } = linkPair(link, row);
      ends.froms.push(from);
      ends.tos.push(to);
    }
  }
  return indexOf(ends);
};

interface Ends {
  readonly froms: unknown[];
  readonly tos: unknown[];
}

const indexOf = async ({ froms, tos }: Ends): Promise<LinkIndex> => {
  const [byFrom, byTo] = [await idIndex(froms), await idIndex(tos)];
  const pairs = await idIndex(froms.map((from, at) => pairOf({ byFrom, byTo }, from, tos[at])));
  return {
    size: pairs.size,
    has: (from, to) => pairs.has(pairOf({ byFrom, byTo }, from, to)),
    hasFrom: (from) => byFrom.has(from),
    hasTo: (to) => byTo.has(to),
  };
};

interface Sides {
  readonly byFrom: IdIndex;
  readonly byTo: IdIndex;
}

const room = 2 ** 26;

/** One number for both ids: their places, of which there are fewer than 67 million. */
const pairOf = ({ byFrom, byTo }: Sides, from: unknown, to: unknown): number => {
  const [left, right] = [byFrom.position(from), byTo.position(to)];
  return left === undefined || right === undefined ? -1 : left * room + right;
};
