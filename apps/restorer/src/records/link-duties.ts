import { type Column, LinkOptions, type Table } from '@nocodb-backup/nocodb';
import { isLink, ownColumns } from '../mapping/column-pairs.js';
import type { StoredTable } from '@nocodb-backup/vault';

export interface LinkedTable {
  readonly stored: StoredTable;
  readonly from: Table;
}

/**
 * Which table puts back the links of which of its columns. Both sides of a link list all of its links: the side with fewer
 * records does it, the first one where they have equally many. Depends on the tables alone, so that every attempt agrees.
 */
export const linkDuties = (tables: readonly LinkedTable[]): ReadonlyMap<string, readonly Column[]> => {
  const sides = tables
    .filter(({ stored }) => stored.paths.links !== undefined)
    .sort((one, other) => one.stored.entry.records - other.stored.entry.records)
    .flatMap(({ stored, from }) =>
      ownColumns(from)
        .filter(isLink)
        .map((column) => ({ tableId: stored.entry.id, column, holder: holderOf(column) })),
    );
  const once = new Map(sides.toReversed().map((side) => [side.holder, side]));
  const duties = new Map<string, Column[]>();
  for (const { tableId, column } of once.values())
    duties.set(tableId, [...(duties.get(tableId) ?? []), column]);
  return duties;
};

/** What holds the links: the same for both sides. */
const holderOf = ({ id, colOptions }: Column): string => {
  const { fk_mm_model_id: junction, fk_child_column_id: pointer } = LinkOptions.parse(colOptions);
  return junction ?? pointer ?? id;
};
