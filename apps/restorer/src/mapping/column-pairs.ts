import { type Column, LinkOptions, type Table } from '@nocodb-backup/nocodb';

/** The columns of a table on the target, by what they were in the backup. */
export interface ColumnPairs {
  /** The target's column by the id of the stored one. */
  readonly pairs: ReadonlyMap<string, Column>;
  /** Stored columns that have no counterpart of the same title and type. */
  readonly unpaired: readonly Column[];
}

/**
 * Which column of the target is which of the backup: by id where the table was never lost, else by title and type. NocoDB's own
 * columns (the key, creation and change, order) are found by their role, foreign keys through the link that they belong to,
 * since both may have been named anew. The internal links to junction tables are left out.
 */
export const columnPairs = (stored: Table, target: Table): ColumnPairs => {
  const theirs = ownColumns(target);
  const own = ownColumns(stored);
  const pairs = new Map<string, Column>();
  for (const column of own.filter(({ uidt }) => uidt !== 'ForeignKey')) {
    const found = counterpart(column, theirs);
    if (found) pairs.set(column.id, found);
  }
  for (const column of own.filter(({ uidt }) => uidt === 'ForeignKey')) {
    const found = foreignKey(column, { own, theirs, pairs });
    if (found) pairs.set(column.id, found);
  }
  return { pairs, unpaired: own.filter(({ id }) => !pairs.has(id)) };
};

const linking = new Set(['Links', 'LinkToAnotherRecord']);

/** Whether the column names records of another table. */
export const isLink = ({ uidt }: Column): boolean => linking.has(uidt);

/** The options of a link column, undefined for any other. */
export const linkOptions = (column: Column): LinkOptions | undefined =>
  isLink(column) ? LinkOptions.parse(column.colOptions) : undefined;

/** The columns without the internal links to junction tables, which people never see and NocoDB makes by itself. */
export const ownColumns = ({ columns }: Table): readonly Column[] => {
  const junctions = new Set(columns.map((column) => linkOptions(column)?.fk_mm_model_id));
  const isInternal = (column: Column) => {
    const related = linkOptions(column)?.fk_related_model_id;
    return related !== undefined && junctions.has(related);
  };
  return columns.filter((column) => !isInternal(column));
};

const ofSystem = new Set(['CreatedTime', 'LastModifiedTime', 'CreatedBy', 'LastModifiedBy', 'Order', 'Meta']);

/** What NocoDB made the column for by itself; undefined for a column that people made, also as the key of a table of their own. */
export const roleOf = ({ uidt, pk, system }: Column): string | undefined => {
  if (pk && uidt === 'ID') return 'key';
  return system && ofSystem.has(uidt) ? uidt : undefined;
};

const counterpart = (column: Column, theirs: readonly Column[]): Column | undefined =>
  theirs.find(({ id, uidt }) => id === column.id && uidt === column.uidt) ??
  onlyOne(theirs, (one) => roleOf(column) !== undefined && roleOf(one) === roleOf(column)) ??
  theirs.find((one) => one.title === column.title && isSameKind(one, column));

const isSameKind = (one: Column, other: Column): boolean => {
  const [options, others] = [linkOptions(one), linkOptions(other)];
  if (!options || !others) return one.uidt === other.uidt && roleOf(one) === roleOf(other);
  return options.type === others.type && isByJunction(options) === isByJunction(others);
};

/** Whether the links are rows of a junction table: NocoDB's version 2 of links. */
export const isByJunction = ({ fk_mm_model_id }: LinkOptions): boolean => typeof fk_mm_model_id === 'string';

interface Sides {
  readonly own: readonly Column[];
  readonly theirs: readonly Column[];
  readonly pairs: ReadonlyMap<string, Column>;
}

const foreignKey = (column: Column, { own, theirs, pairs }: Sides): Column | undefined => {
  const link = own.find((one) => linkOptions(one)?.fk_child_column_id === column.id);
  const paired = link && pairs.get(link.id);
  if (!link) return counterpart(column, theirs);
  const pointer = paired && linkOptions(paired)?.fk_child_column_id;
  return theirs.find(({ id }) => id === pointer);
};

const onlyOne = (columns: readonly Column[], matches: (column: Column) => boolean): Column | undefined => {
  const found = columns.filter(matches);
  return found.length === 1 ? found[0] : undefined;
};
