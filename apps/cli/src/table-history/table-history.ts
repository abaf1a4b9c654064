import { createHash } from 'node:crypto';
import type { Backup } from '@nocodb-backup/backup';
import type { ExportPlanned, TableExported } from '@nocodb-backup/events';

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
  /** Of records, links and attached files as they were stored; encrypted they are others each time, and there is none. */
  readonly contentHash: string | null;
  /** Against the last time that it was exported. */
  readonly change: {
    readonly records: number;
    readonly links: number;
    readonly attachments: number;
    /** Null where the hash of one of the two is not known. */
    readonly unchanged: boolean | null;
  } | null;
}

/** Which table. */
export interface NamedTable {
  readonly base?: string | undefined;
  /** Title or id. */
  readonly table: string;
}

type Plan = ExportPlanned['data'];
type Planned = Plan['tables'][number];

/** A table's states, oldest first, from the backups in which it was planned. One that was renamed is found by all its titles. */
export const tableHistory = (backups: readonly Backup[], named: NamedTable): TableState[] => {
  const all = backups.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const ids = new Set(
    all.flatMap(({ plan }) => (plan ? plannedAs(plan, named).map(({ tableId }) => tableId) : [])),
  );
  const states: TableState[] = [];
  const last = new Map<string, TableState>();
  for (const backup of all)
    for (const table of backup.plan?.tables.filter(({ tableId }) => ids.has(tableId)) ?? []) {
      const state = stateOf(backup, table, last.get(table.tableId));
      if (state.status === 'exported') last.set(table.tableId, state);
      states.push(state);
    }
  return states;
};

const plannedAs = (plan: Plan, { base, table }: NamedTable): Planned[] =>
  plan.tables.filter(
    ({ tableId, title, baseId }) =>
      (tableId === table || title === table) &&
      (base === undefined || baseId === base || titleOfBase(plan, baseId) === base),
  );

const titleOfBase = ({ bases }: Plan, id: string): string =>
  bases.find(({ baseId }) => baseId === id)?.title ?? id;

const stateOf = (
  backup: Backup,
  { tableId, baseId, title }: Planned,
  before: TableState | undefined,
): TableState => {
  const outcome = backup.tables.get(tableId);
  const place = {
    backupId: backup.id,
    requestedAt: backup.requestedAt.toISOString(),
    tableId,
    base: backup.plan ? titleOfBase(backup.plan, baseId) : baseId,
    title,
  };
  if (outcome?.state !== 'succeeded')
    return { ...place, status: outcome === undefined ? 'awaited' : 'failed', ...unknown };
  const figures = figuresOf(outcome.data);
  return { ...place, status: 'exported', ...figures, change: before ? changeOf(figures, before) : null };
};

const unknown = {
  records: null,
  links: null,
  attachments: null,
  bytes: null,
  contentHash: null,
  change: null,
};

const figuresOf = (data: TableExported['data']) => ({
  records: data.records,
  links: data.links,
  attachments: data.attachments.files,
  bytes: data.artifacts.reduce((sum, { bytes }) => sum + bytes, data.attachments.bytes),
  contentHash: contentHash(data),
});

const contents = ['records.json.gz', 'links.json.gz', 'attachments.json.gz'];

const contentHash = ({ artifacts, recipients }: TableExported['data']): string | null => {
  if (recipients) return null;
  const hash = createHash('sha256');
  for (const name of contents)
    hash.update(`${artifacts.find(({ path }) => path.endsWith(`/${name}`))?.sha256 ?? ''} ${name}\n`);
  return hash.digest('hex');
};

const changeOf = (now: ReturnType<typeof figuresOf>, before: TableState): TableState['change'] => ({
  records: now.records - (before.records ?? 0),
  links: now.links - (before.links ?? 0),
  attachments: now.attachments - (before.attachments ?? 0),
  unchanged: now.contentHash && before.contentHash ? now.contentHash === before.contentHash : null,
});
