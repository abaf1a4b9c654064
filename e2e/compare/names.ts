import type { Loose, RawBase, RawColumn, RawTable } from './raw-base.js';

/** What each id of a base names, in words that are the same on both sides. */
export type Names = ReadonlyMap<string, string>;

/** The column of a junction table or a foreign key that belongs to a link, by its id. */
type Keys = ReadonlyMap<string, string>;

export const namesOf = ({ base, tables, junctions, users }: RawBase): Names => {
  const keys = keyColumns(tables, junctions);
  return new Map([
    [String(base.id), 'the base'],
    ...users.map(({ id, email }) => [id, email] as const),
    ...tables.flatMap((table) => [
      [table.id, tableName(table)] as const,
      ...table.columns.flatMap((column) => columnNames(table, column)),
      ...table.views.map(({ id, title }) => [id, `view "${title}" of ${tableName(table)}`] as const),
      ...table.hooks.map(({ id, title }) => [id, `hook "${title}" of ${tableName(table)}`] as const),
    ]),
    ...keys,
  ]);
};

export const tableName = ({ title }: Pick<RawTable, 'title'>) => `table "${title}"`;

/** Whether a column only leads to a junction table: NocoDB makes these by itself and shows them to nobody. */
export const isInternal = (column: RawColumn, { junctions }: Pick<RawBase, 'junctions'>) =>
  junctions.some(({ id }) => id === column.colOptions?.fk_related_model_id);

const columnNames = (table: RawTable, { id, title, colOptions }: RawColumn) => {
  const options = (colOptions?.options ?? []) as readonly { readonly id: string; readonly title: string }[];
  const own = `${tableName(table)}.${title}`;
  return [
    [id, own] as const,
    ...options.map((option) => [option.id, `option "${option.title}" of ${own}`] as const),
  ];
};

/** Foreign keys and junctions by the first link that uses them: their own names depend on the order in which links were made. */
const keyColumns = (tables: readonly RawTable[], junctions: readonly RawTable[]): Keys => {
  const keys = new Map<string, string>();
  const internal = (column: RawColumn) => isInternal(column, { junctions });
  for (const { name, column } of linksByName(tables).filter((link) => !internal(link.column)))
    for (const [id, key] of keysOfLink(name, column.colOptions ?? {})) if (!keys.has(id)) keys.set(id, key);
  return keys;
};

const linksByName = (tables: readonly RawTable[]) =>
  tables
    .flatMap((table) =>
      table.columns
        .filter(({ uidt }) => uidt === 'Links' || uidt === 'LinkToAnotherRecord')
        .map((column) => ({ name: `${tableName(table)}.${column.title}`, column })),
    )
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));

const keysOfLink = (name: string, options: Loose): (readonly [string, string])[] => {
  const junction = options.fk_mm_model_id;
  // With a junction, fk_child_column_id and fk_parent_column_id are the primary keys of the linked tables.
  if (typeof junction !== 'string') return [[String(options.fk_child_column_id), `foreign key of ${name}`]];
  return [
    [junction, `junction of ${name}`],
    [String(options.fk_mm_child_column_id), `from-side of ${name}`],
    [String(options.fk_mm_parent_column_id), `to-side of ${name}`],
  ];
};
