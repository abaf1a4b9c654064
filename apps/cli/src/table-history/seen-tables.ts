import { createHash } from 'node:crypto';
import type { Backup } from '@nocodb-backup/backup';
import type { BackupImported, ImportedTable, PlannedTable, TableExported } from '@nocodb-backup/events';

/** A table as one backup found it. */
export interface SeenTable {
  readonly tableId: string;
  readonly title: string;
  readonly baseId: string;
  /** The title of its base. */
  readonly base: string;
  readonly status: 'exported' | 'failed' | 'awaited';
  /** Undefined unless it was exported. */
  readonly figures: Figures | undefined;
}

/** What an export found in a table. */
export interface Figures {
  readonly records: number;
  readonly links: number;
  /** Attached files; null where they were not wanted. */
  readonly attachments: number | null;
  /** Stored bytes, attached files included; null where only the manifest is known. */
  readonly bytes: number | null;
  /** Of what the table holds; null in facts of earlier versions. */
  readonly contentHash: string | null;
  /** Of the stored files; null where they are encrypted, as they are others each time, and where only the manifest is known. */
  readonly storedHash: string | null;
}

/** The tables that the backup planned to export; of one that was imported, those of its manifest. None where records were not wanted. */
export const seenTables = (backup: Backup): SeenTable[] =>
  backup.request.records
    ? tablesOf(backup).map((table) => (backup.request.attachments ? table : withoutFiles(table)))
    : [];

const withoutFiles = ({ figures, ...table }: SeenTable): SeenTable => ({
  ...table,
  figures: figures && { ...figures, attachments: null },
});

const tablesOf = (backup: Backup): SeenTable[] => {
  const { plan, imported } = backup;
  if (plan) {
    const base = titlesOf(plan.bases);
    return plan.tables.map((table) => ({ ...named(table, base), ...outcomeOf(backup, table) }));
  }
  // The Python tool counted nothing: its zeros would tell of tables that shrank.
  if (imported?.format !== '2.0') return [];
  const base = titlesOf(imported.export.bases);
  return imported.export.tables.map((table) => ({ ...named(table, base), ...importedOutcome(table) }));
};

type TitleOf = (baseId: string) => string;

const titlesOf = (bases: BackupImported['data']['export']['bases']): TitleOf => {
  const titles = new Map(bases.map(({ baseId, title }) => [baseId, title]));
  return (baseId) => titles.get(baseId) ?? baseId;
};

const named = (
  { tableId, baseId, title }: Pick<SeenTable, 'tableId' | 'baseId' | 'title'>,
  base: TitleOf,
): Pick<SeenTable, 'tableId' | 'baseId' | 'title' | 'base'> => ({
  tableId,
  baseId,
  title,
  base: base(baseId),
});

type Outcome = Pick<SeenTable, 'status' | 'figures'>;

const outcomeOf = ({ tables }: Backup, { tableId }: PlannedTable): Outcome => {
  const outcome = tables.get(tableId);
  if (outcome?.state === 'succeeded') return { status: 'exported', figures: figuresOf(outcome.data) };
  return { status: outcome === undefined ? 'awaited' : 'failed', figures: undefined };
};

const figuresOf = (data: TableExported['data']): Figures => ({
  records: data.records,
  links: data.links,
  attachments: data.attachments.files,
  bytes: data.artifacts.reduce((sum, { bytes }) => sum + bytes, data.attachments.bytes),
  contentHash: data.contentHash ?? null,
  storedHash: storedHash(data),
});

const contents = ['records.json.gz', 'links.json.gz', 'attachments.json.gz'];

const storedHash = ({ artifacts, recipients }: TableExported['data']): string | null => {
  if (recipients) return null;
  const hash = createHash('sha256');
  for (const name of contents)
    hash.update(`${artifacts.find(({ path }) => path.endsWith(`/${name}`))?.sha256 ?? ''} ${name}\n`);
  return hash.digest('hex');
};

const importedOutcome = ({ status, records, links, attachments, contentHash }: ImportedTable): Outcome => {
  if (status !== 'complete' && status !== 'partial') return { status: 'failed', figures: undefined };
  const figures = { records, links, attachments: attachments.files, bytes: null, storedHash: null };
  return { status: 'exported', figures: { ...figures, contentHash: contentHash ?? null } };
};
