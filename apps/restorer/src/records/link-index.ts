import { type LinkReading, linkPair, type NocoDb, pages } from '@nocodb-backup/nocodb';

/** The links of one column that are on the target. */
export interface LinkIndex {
  readonly size: number;
  has(from: unknown, to: unknown): boolean;
  /** Whether the record has a link at all, on its side. */
  hasFrom(from: unknown): boolean;
  hasTo(to: unknown): boolean;
}

/** Reads all links of a column. */
export const linkIndex = async (api: NocoDb, link: LinkReading, signal: AbortSignal): Promise<LinkIndex> => {
  const pairs = new Map<unknown, Set<unknown>>();
  const others = new Set<unknown>();
  let size = 0;
  for await (const { rows } of pages(api, link.reading, signal)) {
    for (const row of rows) {
      const { from, to } = linkPair(link, row);
      const known = pairs.get(from) ?? new Set();
      pairs.set(from, known.add(to));
      others.add(to);
      size++;
    }
  }
  return {
    size,
    has: (from, to) => pairs.get(from)?.has(to) ?? false,
    hasFrom: (from) => pairs.has(from),
    hasTo: (to) => others.has(to),
  };
};
