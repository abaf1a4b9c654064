import { PermanentError, type PlannedTable } from '@nocodb-backup/events';
import {
  type Columns,
  columnsOf,
  type Downloads,
  type NocoDb,
  NocoDbError,
  type Table,
} from '@nocodb-backup/nocodb';
import type { Sink } from './sink.js';

/** What the export of one table works with. */
export interface Tools {
  readonly api: NocoDb;
  readonly downloads: Downloads;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  progress(figures: Readonly<Record<string, number | string>>): void;
}

export interface Job extends Tools {
  readonly planned: Pick<PlannedTable, 'folder' | 'title'>;
  readonly table: Table;
  readonly columns: Columns;
  readonly warnings: Set<string>;
}

const mostWarnings = 100;

/** Keeps a sentence for the fact; each one once. */
export const warn = ({ warnings }: Pick<Job, 'warnings'>, text: string): void => {
  if (warnings.size < mostWarnings) warnings.add(text.slice(0, 1000));
};

/** The table as NocoDB defines it now, with its columns sorted by what reading them means. */
export const jobFor = async (tools: Tools, planned: PlannedTable): Promise<Job> => {
  const table = await tableOf(tools, planned);
  const tables = await tools.api.tables(planned.baseId, tools.signal);
  const junctions = new Set(tables.filter(({ mm }) => Boolean(mm)).map(({ id }) => id));
  return { ...tools, planned, table, columns: columnsOf(table, junctions), warnings: new Set() };
};

/** Deleted tables are told here: what is deleted later fails the attempt, and the next attempt ends here. */
const tableOf = async ({ api, signal }: Tools, { tableId, title }: PlannedTable): Promise<Table> => {
  try {
    return await api.table(tableId, signal);
  } catch (error) {
    if (!(error instanceof NocoDbError) || error.status !== 404) throw error;
    throw new PermanentError(`table "${title}" (${tableId}) was deleted after the backup was planned`, {
      cause: error,
    });
  }
};
