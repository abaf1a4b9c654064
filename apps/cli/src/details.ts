import { type Backup, type Manifest, type Outcome, statusOfPart } from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';
import { backupOfManifest, type KnownBackup } from './known-backup.js';

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
  readonly nocodbVersion: string | null;
  readonly postgresVersion: string | null;
  readonly dump: { readonly tables: number; readonly rows: number; readonly sqlBytes: number } | null;
  readonly files: { readonly files: number; readonly tarBytes: number } | null;
  readonly exported: readonly TableDetails[];
}

/** The details of a backup that the log knows. */
export const detailsOfBackup = (known: KnownBackup, backup: Backup): BackupDetails => {
  const dump = dataOf(backup.dump);
  const files = dataOf(backup.files);
  return {
    ...known,
    nocodbVersion: backup.plan?.nocodbVersion ?? null,
    postgresVersion: dump?.serverVersion ?? null,
    dump: dump ? { tables: dump.tables, rows: dump.rows, sqlBytes: dump.sqlBytes } : null,
    files: files ? { files: files.files, tarBytes: files.tarBytes } : null,
    exported: exportedOf(backup),
  };
};

const dataOf = <Data>(outcome: Outcome<Data>): Data | undefined =>
  outcome.state === 'succeeded' ? outcome.data : undefined;

/** The details of a backup of which only the manifest is left. */
export const detailsOfManifest = (manifest: Manifest): BackupDetails => {
  const { dump, files, export: exported } = manifest.parts;
  return {
    ...backupOfManifest(manifest),
    nocodbVersion: manifest.nocodb.version,
    postgresVersion: manifest.postgres?.serverVersion ?? null,
    dump:
      isThere(dump.status) && dump.sqlBytes > 0
        ? { tables: dump.tables, rows: dump.rows, sqlBytes: dump.sqlBytes }
        : null,
    files:
      isThere(files.status) && files.tarBytes > 0 ? { files: files.files, tarBytes: files.tarBytes } : null,
    exported: exported.bases.flatMap((base) =>
      base.tables.map(({ title, status, records, links, attachments }) => {
        return { base: base.title, title, status, records, links, attachments };
      }),
    ),
  };
};

/** Of a backup of the Python tool, the figures are not known. */
const isThere = (status: string): boolean => status === 'complete';

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
