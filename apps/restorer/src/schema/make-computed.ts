import type { Column, StoredDefinition, Table } from '@nocodb-backup/nocodb';
import { ownColumns } from '../mapping/column-pairs.js';
import { isComputed, isGiven } from './column-body.js';
import { computedBody, formulaOf, inDependencyOrder, needsOf } from './computed.js';
import { makeColumn } from './make-column.js';
import { makeHooks } from './make-hooks.js';
import { setDisplay } from './make-table.js';
import { leaveOut, type Site } from './site.js';
import { count } from './tools.js';

interface Computed {
  readonly table: Table;
  readonly column: Column;
}

/** A table of the backup that is new on the target, and where to read what else it holds. */
export interface NewTable {
  readonly table: Table;
  readonly definition: () => Promise<StoredDefinition>;
}

/** Makes lookups, rollups, formulas, codes and buttons, each after what it is worked out from. */
export const makeComputed = async (site: Site, tables: readonly NewTable[]): Promise<void> => {
  const hooks = await buttonHooks(site, tables);
  const all = tables.flatMap(({ table }) =>
    ownColumns(table)
      .filter(isComputed)
      .map((column) => ({ table, column })),
  );
  const { ordered, stuck } = inDependencyOrder(
    all,
    ({ column }) => column.id,
    ({ column }) => needsOf(column),
  );
  for (const one of ordered) await makeOne(site, one, hooks);
  for (const { table, column } of stuck) leaveOut(site, table, column, 'it is worked out from itself');
  for (const { table } of tables) await setDisplay(site, table);
};

/** A button names the webhook that it calls. Those that wait for buttons are made together, in their order. */
const buttonHooks = async (site: Site, tables: readonly NewTable[]): Promise<ReadonlyMap<string, string>> => {
  const made = new Map<string, string>();
  for (const { table, definition } of tables) {
    if (!table.columns.some(({ colOptions }) => isGiven(colOptions?.fk_webhook_id))) continue;
    const all = (await definition()).hooks ?? [];
    const wanted = all.filter(({ event }) => event === 'manual');
    for (const [id, there] of await makeHooks(site, table, { all, wanted })) made.set(id, there);
  }
  return made;
};

const makeOne = async (
  site: Site,
  { table, column }: Computed,
  hooks: ReadonlyMap<string, string>,
): Promise<void> => {
  const ids = await idsOf(site, needsOf(column));
  const lost = needsOf(column).find((need) => !ids.has(need));
  const body = computedBody(
    withFormula(column, table),
    (id) => ids.get(String(id)),
    (id) => hooks.get(String(id)),
  );
  if (lost !== undefined || !body) {
    leaveOut(
      site,
      table,
      column,
      lost === undefined ? 'the webhook that it calls is not there' : lacking(site, lost),
    );
    return;
  }
  const outcome = await makeColumn(site, { table, column, body });
  if ('refused' in outcome) leaveOut(site, table, column, outcome.refused);
  else count(site.tools, 'columns');
};

const idsOf = async (
  { base, tools }: Site,
  needs: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = new Map<string, string>();
  for (const need of needs) {
    const there = await base.column(need, tools.signal);
    if (there) ids.set(need, there.id);
  }
  return ids;
};

const lacking = ({ base }: Site, need: string): string => {
  const owner = base.ownerOf(need);
  const column = owner?.columns.find(({ id }) => id === need);
  return column && owner
    ? `it is worked out from "${column.title}" of "${owner.title}", which is not there`
    : 'it is worked out from a column that the backup does not hold';
};

const withFormula = (column: Column, { columns }: Table): Column => {
  const formula = formulaOf(column, columns);
  if (formula === undefined) return column;
  return { ...column, colOptions: { ...column.colOptions, formula_raw: formula } };
};
