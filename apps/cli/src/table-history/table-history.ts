import type { Backup } from '@nocodb-backup/backup';
import { type Figures, type SeenTable, seenTables } from './seen-tables.js';

/** How a table was at the time of one backup. Null: it was not exported then, or cannot be told. */
export interface TableState {
  readonly backupId: string;
  readonly requestedAt: string;
  readonly tableId: string;
  readonly base: string;
  readonly title: string;
  readonly status: 'exported' | 'failed' | 'awaited';
  readonly records: number | null;
  readonly links: number | null;
  readonly attachments: number | null;
  /** Stored bytes, attached files included. */
  readonly bytes: number | null;
  /** Of records and links. Earlier versions did not tell it: of their backups it is of the stored files, and none of encrypted ones. */
  readonly contentHash: string | null;
  /** Against the last time that it was exported. */
  readonly change: {
    readonly records: number;
    readonly links: number;
    readonly attachments: number;
    /** Null where that cannot be told. */
    readonly unchanged: boolean | null;
  } | null;
}

/** Which table. */
export interface NamedTable {
  readonly base?: string | undefined;
  /** Title or id. */
  readonly table: string;
}

/** A table's states, oldest first, from the backups that tell of it. One that was renamed is found by all its titles. */
export const tableHistory = (backups: readonly Backup[], named: NamedTable): TableState[] => {
  const all = backups
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((backup) => ({ backup, tables: seenTables(backup) }));
  const ids = new Set(
    all.flatMap(({ tables }) =>
      tables.filter((table) => isNamed(table, named)).map(({ tableId }) => tableId),
    ),
  );
  const last = new Map<string, Figures>();
  return all.flatMap(({ backup, tables }) =>
    tables
      .filter(({ tableId }) => ids.has(tableId))
      .map((table) => {
        const state = stateOf(backup, table, last.get(table.tableId));
        if (table.figures) last.set(table.tableId, table.figures);
        return state;
      }),
  );
};

const isNamed = ({ tableId, title, baseId, base }: SeenTable, named: NamedTable): boolean =>
  [tableId, title].includes(named.table) && (named.base === undefined || [baseId, base].includes(named.base));

const stateOf = (backup: Backup, seen: SeenTable, before: Figures | undefined): TableState => {
  const { tableId, base, title, status, figures } = seen;
  const place = { backupId: backup.id, requestedAt: backup.requestedAt.toISOString() };
  const table = { ...place, tableId, base, title, status };
  if (!figures) return { ...table, ...unknown };
  const { storedHash, ...told } = figures;
  const change = before ? changeOf(figures, before) : null;
  return { ...table, ...told, contentHash: told.contentHash ?? storedHash, change };
};

const unknown = {
  records: null,
  links: null,
  attachments: null,
  bytes: null,
  contentHash: null,
  change: null,
};

const changeOf = (now: Figures, before: Figures): NonNullable<TableState['change']> => {
  const counts = {
    records: now.records - before.records,
    links: now.links - before.links,
    attachments: now.attachments === null ? 0 : now.attachments - (before.attachments ?? now.attachments),
  };
  const isOther = Object.values(counts).some((count) => count !== 0);
  return { ...counts, unchanged: isOther ? false : isSame(now, before) };
};

/** Files that differ do not tell that their content does, where one side has no hash of it: addresses of attached files are signed anew. */
const isSame = (now: Figures, before: Figures): boolean | null => {
  if (now.contentHash && before.contentHash) return now.contentHash === before.contentHash;
  if (!now.storedHash || !before.storedHash) return null;
  return now.storedHash === before.storedHash || (now.attachments === 0 ? false : null);
};
