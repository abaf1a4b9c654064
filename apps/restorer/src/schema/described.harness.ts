import type { Column, Loose, TableDefinition } from '@nocodb-backup/nocodb';
import type { HeldBase } from './memory-backup.harness.js';

/** What NocoDB gives anew whatever it is asked for, or works out by itself. */
const anew = new Set([
  'id',
  'base_id',
  'source_id',
  'fk_workspace_id',
  'fk_model_id',
  'fk_column_id',
  'fk_view_id',
  'fk_hook_id',
  'created_at',
  'updated_at',
  'created_by',
  'owned_by',
  'columnsHash',
  'columnsById',
  'views',
  'internal_meta',
  'defaultViewColOrder',
  'defaultViewColVisibility',
  'uuid',
  'fk_index_name',
  'parsed_tree',
  // `inGroup` tells.
  'fk_parent_id',
  // NocoDB lists them for new webhooks only.
  'trigger_fields',
]);

type Names = ReadonlyMap<string, string>;

/** The definitions of a base with titles in the place of ids, so that those of two bases can be compared. */
export const described = ({ tables }: HeldBase): unknown => {
  const names = namesIn(tables);
  return tables
    .map(({ table, views, hooks }) => ({
      table: named({ ...table, columns: undefined }, names),
      columns: byTitle(
        table.columns
          .filter(({ title }) => !title.startsWith('_nc_m2m'))
          .map((one) => named(column(one), names)),
      ),
      views: views.map((view) => describedView(view, names)),
      hooks: hooks?.map((hook) =>
        named({ ...hook, filters: hook.filters.map((one) => named(one, names)) }, names),
      ),
    }))
    .toSorted((one, other) => JSON.stringify(one.table).localeCompare(JSON.stringify(other.table)));
};

/** `order` is when a column was made: views have an order of their own. */
const column = (one: Column): object => ({
  ...one,
  order: undefined,
  pv: Boolean(one.pv),
  // Of the options of a selection; people see these.
  ...(one.uidt.endsWith('Select') && { dtxp: undefined, dtxs: undefined }),
  system: Boolean(one.system),
});

const describedView = (view: TableDefinition['views'][number], names: Names) => {
  const columns = (view.columns as Loose[])
    .map((column, index) => ({
      ...(named(column, names) as object),
      // Their numbers may be equal or have gaps: the order in which NocoDB lists them is what people see.
      order: index,
      of: names.get(String(column.fk_column_id)),
      aggregation: column.aggregation ?? 'none',
    }))
    .filter(({ of }) => of !== undefined && !of.includes('_nc_m2m'))
    .toSorted((one, other) => String(one.of).localeCompare(String(other.of)));
  const filters = (view.filters as Loose[]).map((filter) => ({
    ...(named(filter, names) as object),
    of: names.get(String(filter.fk_column_id)),
    inGroup: filter.fk_parent_id !== null,
  }));
  const sorts = (view.sorts as Loose[]).map((sort) => ({
    ...(named(sort, names) as object),
    of: names.get(String(sort.fk_column_id)),
  }));
  return {
    view: named(
      {
        ...view,
        columns: [],
        filters: [],
        sorts: [],
        detail: { ...(view.detail as Loose | null), columns: [] },
      },
      names,
    ),
    columns,
    filters,
    sorts,
  };
};

const byTitle = (columns: readonly unknown[]) =>
  (columns as { title: string }[]).toSorted((one, other) => one.title.localeCompare(other.title));

const namesIn = (tables: readonly TableDefinition[]): Names => {
  const names = new Map<string, string>();
  for (const { table, views, hooks } of tables) {
    names.set(table.id, `table ${table.title}`);
    for (const column of table.columns) {
      names.set(column.id, `${table.title}.${column.title}`);
      for (const option of (column.colOptions?.options ?? []) as { id: string; title: string }[])
        names.set(option.id, `${table.title}.${column.title}=${option.title}`);
    }
    for (const view of views) names.set(view.id, `view ${view.title}`);
    for (const hook of hooks ?? []) names.set(hook.id, `hook ${String(hook.title)}`);
  }
  return names;
};

const named = (value: unknown, names: Names): unknown => {
  if (typeof value === 'string') return withNames(value, names);
  if (Array.isArray(value)) return value.map((one) => named(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, one]) => !anew.has(key) && !isJunction(key, one, names));
  return Object.fromEntries(
    kept.map(([key, one]) => [
      names.get(key) ?? key,
      named(key.endsWith('meta') ? asObject(one) : one, names),
    ]),
  );
};

/** NocoDB gives settings as an object, or as text. */
const asObject = (meta: unknown): unknown => (typeof meta === 'string' ? JSON.parse(meta) : meta);

const isJunction = (key: string, value: unknown, names: Names): boolean =>
  key.startsWith('fk_mm_') && typeof value === 'string' && !names.has(value);

const withNames = (text: string, names: Names): string =>
  names.get(text) ?? text.replace(/\{\{(\w+)\}\}/g, (whole, id: string) => names.get(id) ?? whole);
