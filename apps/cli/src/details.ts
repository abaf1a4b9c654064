import { type Backup, type Outcome, statusOfPart } from '@nocodb-backup/backup';
import type { BackupImported, Part } from '@nocodb-backup/events';
import type { KnownBackup } from './known-backup.js';

/** One table of the export, as `show` prints it. */
export interface TableDetails {
  readonly base: string;
  readonly title: string;
  readonly status: 'awaited' | 'complete' | 'partial' | 'failed' | 'timed-out';
  readonly records: number;
  readonly links: number;
  readonly attachments: { readonly files: number; readonly bytes: number; readonly missing: number };
}

/** Everything about one backup that fits on a screen: what `show` prints. */
export interface BackupDetails extends KnownBackup {
  /** Nothing of it is known but what its manifest tells: not where it was to lie besides. */
  readonly isFound: boolean;
  readonly nocodbVersion: string | null;
  readonly postgresVersion: string | null;
  readonly dump: { readonly tables: number; readonly rows: number; readonly sqlBytes: number } | null;
  readonly files: { readonly files: number; readonly tarBytes: number } | null;
  readonly exported: readonly TableDetails[];
}

/** The details of a backup, by its facts, or by the manifest where it was imported. */
export const detailsOfBackup = (known: KnownBackup, backup: Backup): BackupDetails => {
  if (backup.imported) return { ...known, ...importedDetails(backup.imported) };
  const dump = dataOf(backup.dump);
  const files = dataOf(backup.files);
  return {
    ...known,
    isFound: false,
    nocodbVersion: backup.plan?.nocodbVersion ?? null,
    postgresVersion: dump?.serverVersion ?? null,
    dump: dump ? { tables: dump.tables, rows: dump.rows, sqlBytes: dump.sqlBytes } : null,
    files: files ? { files: files.files, tarBytes: files.tarBytes } : null,
    exported: exportedOf(backup),
  };
};

const dataOf = <Data>(outcome: Outcome<Data>): Data | undefined =>
  outcome.state === 'succeeded' ? outcome.data : undefined;

/** Of a backup of the Python tool, the figures are not known. */
const importedDetails = ({
  nocodbVersion,
  postgresVersion,
  dump: { status, tables, rows, sqlBytes },
  dataFiles: { status: filesStatus, files, tarBytes },
  export: { bases, tables: exported },
}: BackupImported['data']): Omit<BackupDetails, keyof KnownBackup> => {
  const titles = new Map(bases.map(({ baseId, title }) => [baseId, title]));
  return {
    isFound: true,
    nocodbVersion,
    postgresVersion,
    dump: status === 'complete' && sqlBytes > 0 ? { tables, rows, sqlBytes } : null,
    files: filesStatus === 'complete' && tarBytes > 0 ? { files, tarBytes } : null,
    exported: exported.map(({ baseId, title, ...table }) => {
      const { status: ended, records, links, attachments } = table;
      return { base: titles.get(baseId) ?? baseId, title, status: ended, records, links, attachments };
    }),
  };
};

const exportedOf = (backup: Backup): TableDetails[] => {
  const { plan } = backup;
  const bases = new Map(plan?.bases.map(({ baseId, title }) => [baseId, title]));
  return (plan?.tables ?? []).map(({ tableId, baseId, title }) => ({
    base: bases.get(baseId) ?? baseId,
    title,
    ...tableFigures(backup, tableId),
  }));
};

const nothing = { records: 0, links: 0, attachments: { files: 0, bytes: 0, missing: 0 } };

const tableFigures = (backup: Backup, tableId: string): Omit<TableDetails, 'base' | 'title'> => {
  const outcome = backup.tables.get(tableId);
  if (outcome?.state !== 'succeeded')
    return { ...nothing, status: outcome?.state ?? (isAwaited(backup, 'export') ? 'awaited' : 'timed-out') };
  const { records, links, attachments } = outcome.data;
  const { files, bytes, missingCount: missing } = attachments;
  return {
    status: missing > 0 ? 'partial' : 'complete',
    records,
    links,
    attachments: { files, bytes, missing },
  };
};

const isAwaited = (backup: Backup, part: Part): boolean => statusOfPart(backup, part) === 'awaited';
