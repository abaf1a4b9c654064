import type { Column, LinkOptions, Table } from '@nocodb-backup/nocodb';
import { isByJunction, linkOptions, ownColumns } from '../mapping/column-pairs.js';
import { objectIn } from './column-body.js';

/** One side of a relation between two tables of the backup. */
export interface LinkSide {
  readonly table: Table;
  readonly column: Column;
  readonly options: LinkOptions;
}

/** A relation: NocoDB makes both columns when it is asked for one. */
export interface LinkPair {
  /** The side to ask for: NocoDB takes its title and type. */
  readonly front: LinkSide;
  /** The other side; undefined where the backup does not hold its table. */
  readonly back: LinkSide | undefined;
}

/** The relations between the tables of a base, each of them once, in the order in which their columns come. */
export const linkPairs = (tables: Iterable<Table>): readonly LinkPair[] => {
  const sides = [...tables].flatMap(sidesOf);
  const pairs: LinkPair[] = [];
  const paired = new Set<string>();
  for (const side of sides) {
    if (paired.has(side.column.id)) continue;
    const other = sides.find((one) => !paired.has(one.column.id) && isOtherSide(side, one));
    for (const { column } of [side, ...(other ? [other] : [])]) paired.add(column.id);
    pairs.push(other && isBack(side, other) ? { front: other, back: side } : { front: side, back: other });
  }
  return pairs;
};

const sidesOf = (table: Table): readonly LinkSide[] =>
  ownColumns(table).flatMap((column) => {
    const options = linkOptions(column);
    return options ? [{ table, column, options }] : [];
  });

/** Whether both columns show the same relation, from one table and from the other. */
export const isOtherSide = (one: LinkSide, other: LinkSide): boolean => {
  const [ours, theirs] = [one.options, other.options];
  if (one.column.id === other.column.id) return false;
  if (ours.fk_related_model_id !== other.table.id || theirs.fk_related_model_id !== one.table.id)
    return false;
  if (isByJunction(ours) || isByJunction(theirs)) return ours.fk_mm_model_id === theirs.fk_mm_model_id;
  return (
    ours.fk_child_column_id === theirs.fk_child_column_id &&
    ours.fk_parent_column_id === theirs.fk_parent_column_id
  );
};

/** Whether NocoDB would make the column by itself when it is asked for the other: it holds the key, or is hidden as its own. */
const isBack = (side: LinkSide, other: LinkSide): boolean =>
  pointsFromOwn(side) || (Boolean(side.column.system) && !other.column.system);

/** Whether the foreign key lies in the column's own table. */
export const pointsFromOwn = ({ column, options }: LinkSide): boolean =>
  !isByJunction(options) &&
  (options.type === 'bt' || (options.type === 'oo' && objectIn(column.meta).bt === true));
