import { NocoDbError } from './errors.js';
import type { NocoDb } from './nocodb.js';
import type { Hook, Loose, Table, View } from './schemas.js';

/** Everything that is needed to make the table again. `hooks` hold their secrets in clear; null = not to be read. */
export interface TableDefinition {
  readonly table: Table;
  readonly views: readonly (View & Record<'columns' | 'filters' | 'sorts' | 'detail', unknown>)[];
  readonly hooks: readonly (Hook & { readonly filters: readonly Loose[] })[] | null;
}

const kinds: Readonly<Record<number, 'forms' | 'galleries' | 'kanbans' | 'calendars'>> = {
  1: 'forms',
  2: 'galleries',
  4: 'kanbans',
  6: 'calendars',
};

/** The table with its columns, views (columns, filters, sorts, what only their kind has) and webhooks. */
export const tableDefinition = async (
  api: NocoDb,
  tableId: string,
  signal: AbortSignal,
): Promise<TableDefinition> => {
  const table = await api.table(tableId, signal);
  const views = [];
  for (const view of await api.views(tableId, signal)) views.push(await wholeView(api, view, signal));
  return { table, views, hooks: await hooksOf(api, tableId, signal) };
};

const wholeView = async (api: NocoDb, view: View, signal: AbortSignal) => {
  const kind = kinds[view.type];
  const [columns, filters, sorts, detail] = await Promise.all([
    api.viewColumns(view.id, signal),
    api.viewFilters(view.id, signal),
    api.viewSorts(view.id, signal),
    kind === undefined ? null : api.viewDetail(kind, view.id, signal),
  ]);
  return { ...view, columns, filters, sorts, detail };
};

const hooksOf = async (api: NocoDb, tableId: string, signal: AbortSignal) => {
  try {
    const hooks = [];
    for (const hook of await api.hooks(tableId, signal)) {
      hooks.push({ ...hook, filters: await api.hookFilters(hook.id, signal) });
    }
    return hooks;
  } catch (error) {
    if (error instanceof NocoDbError && error.status === 403) return null;
    throw error;
  }
};
