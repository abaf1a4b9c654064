import type { Column, Table } from '@nocodb-backup/nocodb';
import { type Attempted, attempted } from './attempted.js';
import type { Site } from './site.js';

/** A column of the backup, the request for it, and how to know it when it is there. */
export interface Wanted {
  readonly table: Table;
  readonly column: Column;
  readonly body: object;
}

/** Makes the column, unless it is there. Needs the table on the target. */
export const makeColumn = async (site: Site, { table, column, body }: Wanted): Promise<Attempted<Column>> => {
  const { base, tools } = site;
  const { signal, writer } = tools;
  const found = async () => (await base.pairs(table.id, signal)).get(column.id);
  const find = async () => {
    await base.fresh(table.id, signal);
    return found();
  };
  const target = await base.table(table.id, signal);
  if (!target) return { refused: `"${table.title}" is not there` };
  const before = await found();
  if (before) return { made: before };
  const make = async () => {
    base.keep(table.id, await writer.createColumn(target.id, body, signal));
    return (await found()) ?? (await find());
  };
  const outcome = await attempted(tools, { find, make });
  if ('refused' in outcome) return outcome;
  return outcome.made
    ? { made: outcome.made }
    : { refused: 'NocoDB made it in another way than it was asked for' };
};
