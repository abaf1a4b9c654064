import { instantOf, type Manifest } from '@nocodb-backup/backup';
import { baseFolder } from './claims.js';
import type { FoundTable } from './found-table.js';
import { artifactsOf, type LegacyFolder } from './legacy-folder.js';
import type { LegacyManifest } from './legacy-manifest.js';

export interface LegacyContent {
  readonly id: string;
  /** Undefined for a bare dump: the older tool's `--db-only` wrote no manifest. */
  readonly legacy: LegacyManifest | undefined;
  readonly folder: LegacyFolder;
  readonly tables: readonly FoundTable[];
}

type Parts = Manifest['parts'];

/** A manifest, as this program would have written it, made up from what the Python tool left: nobody knows whether that is all. */
export const manifestOfLegacy = (content: LegacyContent): Manifest => {
  const { id, legacy, folder } = content;
  const at = instantOf(id)?.toISOString() ?? new Date(0).toISOString();
  return {
    format: 'nocodb-backup',
    version: '2.0',
    id,
    status: 'partial',
    source: originOf(legacy?.nocodb_url),
    trigger: 'manual',
    requestedBy: 'the older tool (Python)',
    reason: 'made by the older tool',
    requestedAt: at,
    settledAt: at,
    tool: { name: 'nocodb-backup', version: '1.0 (Python)' },
    nocodb: { version: null },
    postgres: null,
    parts: partsOf(content),
    failures: failuresOf(content),
    warnings: warningsOf(content),
    artifacts: artifactsOf(folder),
  };
};

const originOf = (url: string | null | undefined): string =>
  typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : 'unknown';

const partsOf = ({ legacy, folder, tables }: LegacyContent): Parts => ({
  dump: { status: statusOf(folder, 'database.sql.gz'), tables: 0, rows: 0, sqlBytes: 0 },
  files: { status: statusOf(folder, 'nocodb-data.tar.gz'), files: 0, tarBytes: 0 },
  export: {
    status: exportStatus(legacy, tables),
    bases: (legacy?.bases ?? []).map((base) => ({
      id: base.id,
      title: base.title,
      folder: baseFolder(base),
      tables: tables.filter((table) => table.base === base).map(({ entry }) => entry),
    })),
  },
});

const statusOf = ({ files }: LegacyFolder, path: string): 'complete' | 'not requested' =>
  files.has(path) ? 'complete' : 'not requested';

const exportStatus = (
  legacy: LegacyManifest | undefined,
  tables: readonly FoundTable[],
): Parts['export']['status'] => {
  if (!legacy) return 'not requested';
  if (tables.every(({ entry }) => entry.status === 'failed')) return 'failed';
  return tables.every(({ entry }) => entry.status === 'complete') ? 'complete' : 'partial';
};

const uncounted =
  'the older tool (Python) counted nothing when it made it, so that it is never called complete: nocodb-backup verify and drill tell more';

const failuresOf = ({ legacy, tables }: LegacyContent): string[] => [
  uncounted,
  ...(legacy && tables.length === 0
    ? ['export: no table is listed; the older tool said so, too, when NocoDB refused its token']
    : []),
  ...tables.flatMap(({ lacks }) => lacks),
];

const warningsOf = ({ legacy, folder, tables }: LegacyContent): string[] => [
  'made by the older tool (Python): there are no digests, so only that its archives are whole can be checked; its id is a local time',
  ...(legacy
    ? [
        'the older tool stored no links between records, no views and no webhooks, and could lose records and attached files without a word: compare what comes back',
      ]
    : [
        'there is no manifest: the older tool wrote none with --db-only, and none when it was stopped. The database dump is all that can be restored',
      ]),
  ...(legacy && !folder.files.has('database.sql.gz') ? ['there is no database dump'] : []),
  ...tables
    .filter(isDoubtful)
    .map(
      ({ table, base, folder: path }) =>
        `table "${table.title}" of base "${base.title}": other tables were written to ${path}, too; what lies there is the last one's`,
    ),
];

const isDoubtful = ({ isShared, schema }: FoundTable): boolean => isShared && schema !== undefined;
