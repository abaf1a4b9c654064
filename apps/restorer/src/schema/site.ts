import type { Column, Table } from '@nocodb-backup/nocodb';
import { type Attempted, changed } from './attempted.js';
import type { TargetBase } from './target-base.js';
import type { Tools } from './tools.js';

/** Where something is made: a base, and the tools. */
export interface Site {
  readonly base: TargetBase;
  readonly tools: Tools;
}

/** How people know a table: `"Orders" of base "CRM"`. */
export const nameOf = ({ base }: Site, { title }: Table): string => `"${title}" of base "${base.title}"`;

/** Notes that a column is not put back. */
export const leaveOut = (site: Site, table: Table, column: Column, reason: string): void => {
  site.tools.leftOut.add(`columns of ${nameOf(site, table)}`, reason, column.title);
};

/**
 * Changes a column of the target (`table` is the one of the backup) and remembers the answer. NocoDB wants the whole column: a
 * key that is sent in part loses its sequence, and the table takes no new record any more.
 */
export const patched = async (
  site: Site,
  table: Table,
  column: Column,
  patch: object,
): Promise<Attempted<unknown>> => {
  const { tools, base } = site;
  const update = async () =>
    base.keep(table.id, await tools.writer.updateColumn(column.id, { ...column, ...patch }, tools.signal));
  return changed(tools, update);
};
