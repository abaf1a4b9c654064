import { type Artifact, BackupImported, type Destination, type Part } from '@nocodb-backup/events';
import { boundedTexts, cutText } from './bounded-texts.js';
import type { Manifest } from './manifest.js';
import { manifestBytes } from './stored-bytes.js';

type Data = BackupImported['data'];
type Base = Manifest['parts']['export']['bases'][number];

/** A backup that was found in the vault. */
export interface FoundBackup {
  readonly manifest: Manifest;
  /** `legacy`: of the Python tool, and the manifest made up. */
  readonly format: '2.0' | 'legacy';
  /** The bytes of `manifest.json`; null where there is none. */
  readonly artifact: Artifact | null;
}

const mostListed = 5000;

/** The fact that a backup was found there. Throws a ZodError where the manifest tells what no fact takes. */
export const backupImported = (
  { manifest, format, artifact }: FoundBackup,
  { n, destinations }: { readonly n: string; readonly destinations: readonly Destination[] },
): BackupImported => {
  const { parts, encryption } = manifest;
  const partIs = (part: Part) => ({ status: parts[part].status, bytes: manifestBytes(manifest, part) });
  const { tables, rows, sqlBytes } = parts.dump;
  const { files, tarBytes } = parts.files;
  return BackupImported({
    backupId: manifest.id,
    n,
    destinations: [...destinations],
    format,
    manifest: artifact,
    status: manifest.status,
    failures: boundedTexts(manifest.failures, {
      noun: 'things that are not in it',
      most: 500,
      length: 2000,
    }),
    ...requestOf(manifest),
    settledAt: manifest.settledAt,
    files: filesOf(manifest) + (artifact ? 1 : 0),
    bytes: manifestBytes(manifest) + (artifact?.bytes ?? 0),
    nocodbVersion: shortened(manifest.nocodb.version, 100),
    postgresVersion: shortened(manifest.postgres?.serverVersion ?? null, 100),
    ...(encryption && encryption.recipients.length > 0 ? { recipients: encryption.recipients } : {}),
    dump: { ...partIs('dump'), tables, rows, sqlBytes },
    dataFiles: { ...partIs('files'), files, tarBytes },
    export: { ...partIs('export'), ...exportOf(parts.export.bases) },
    warnings: boundedTexts(manifest.warnings, { noun: 'warnings', most: 500, length: 2000 }),
  });
};

type Request = Pick<
  Data,
  'source' | 'parts' | 'records' | 'attachments' | 'trigger' | 'requestedBy' | 'reason' | 'requestedAt'
>;

const requestOf = (manifest: Manifest): Request => {
  const all = ['dump', 'files', 'export'] as const;
  return {
    source: cutText(manifest.source, 300),
    parts: all.filter((part) => manifest.parts[part].status !== 'not requested'),
    ...(manifest.options ?? optionsSeenIn(manifest)),
    trigger: manifest.trigger,
    requestedBy: cutText(manifest.requestedBy, 200),
    reason: shortened(manifest.reason, 500),
    requestedAt: manifest.requestedAt,
  };
};

/** Earlier versions did not write what was wanted: what is there was. */
const optionsSeenIn = ({ artifacts }: Manifest): { records: boolean; attachments: boolean } => {
  const has = (name: string) => artifacts.some(({ path }) => path.includes(`/${name}.json`));
  return { records: has('records'), attachments: has('attachments') };
};

const filesOf = ({ artifacts, parts }: Manifest): number =>
  parts.export.bases
    .flatMap(({ tables }) => tables)
    .reduce((sum, { attachments }) => sum + attachments.files, artifacts.length);

const exportOf = (bases: readonly Base[]): Omit<Data['export'], 'status' | 'bytes'> => {
  const tables = bases.flatMap((base) => base.tables.map((table) => ({ base, table })));
  const isExported = ({ table }: (typeof tables)[number]) => ['complete', 'partial'].includes(table.status);
  return {
    planned: tables.length,
    exported: tables.filter(isExported).length,
    failed: tables.filter(({ table }) => table.status === 'failed').length,
    bases: bases.slice(0, mostListed).map(({ id, title }) => ({ baseId: id, title: cutText(title, 255) })),
    tables: tables
      .slice(0, mostListed)
      .map(({ base, table: { id, title, status, records, links, attachments, contentHash } }) => {
        const figures = { status, records, links, attachments, contentHash };
        return { baseId: base.id, tableId: id, title: cutText(title, 255), ...figures };
      }),
  };
};

const shortened = (text: string | null, length: number): string | null =>
  text === null ? null : cutText(text, length);
