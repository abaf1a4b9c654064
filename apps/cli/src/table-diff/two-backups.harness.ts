import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Artifact } from '@nocodb-backup/events';
import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  DirectoryVault,
  EncryptionSettings,
  S3Settings,
  s3VaultOf,
  stagingPlaceOf,
} from '@nocodb-backup/vault';

type Row = Readonly<Record<string, unknown>>;

/** A table to be written into a made-up backup. */
export interface MadeUpTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly object[];
  /** Undefined: it failed. */
  readonly rows?: Iterable<Row>;
  readonly contentHash?: string;
}

/** Writes a sealed backup with one base, as the services do: where and how the variables say. */
export const writeBackup = async (
  env: Readonly<Record<string, string>>,
  id: string,
  tables: readonly MadeUpTable[],
): Promise<void> => {
  const schema = VaultSettings.extend({ ...S3Settings.shape, ...EncryptionSettings.shape });
  const settings = parseConfig(schema, env);
  const bucket = s3VaultOf(settings);
  const vault = bucket ?? new DirectoryVault(settings.NOCODB_BACKUP_DIR);
  const place = stagingPlaceOf({ ...settings, NOCODB_BACKUP_STAGING: bucket ? 's3' : 'local' });
  const staging = place.stage(id, 'a1');
  const artifacts: Artifact[] = [];
  for (const [path, source] of filesOf(tables)) artifacts.push(await staging.store(path, source));
  for (const artifact of artifacts) await vault.publish(id, 'a1', artifact);
  const recipients = await staging.secrecy?.recipients();
  const content = { tables: tables.map((table) => entryOf(table, recipients !== undefined)), artifacts };
  const manifest = {
    ...manifestOf(id, content),
    ...(recipients && { encryption: { format: 'age', recipients } }),
  };
  await vault.writeManifest(id, Buffer.from(JSON.stringify(manifest)));
  await vault.sweep(id);
  bucket?.close();
};

const base = 'bases/CRM';
const folderOf = ({ id }: MadeUpTable): string => `${base}/tables/${id}`;

function* filesOf(tables: readonly MadeUpTable[]): Generator<[string, Readable]> {
  const titles = tables.map(({ id, title }) => ({ tableId: id, title }));
  yield [`${base}/metadata.json`, json({ base: { id: 'p1', title: 'CRM' }, tables: titles })];
  for (const table of tables) {
    const { id, title, columns, rows } = table;
    if (!rows) continue;
    yield [`${folderOf(table)}/schema.json`, json({ table: { id, title, columns }, views: [], hooks: [] })];
    const lines = Readable.from(linesOf(rows), { objectMode: false });
    yield [`${folderOf(table)}/records.json.gz`, lines.pipe(createGzip({ level: 1 }))];
  }
}

const json = (value: unknown): Readable => Readable.from([Buffer.from(JSON.stringify(value))]);

function* linesOf(rows: Iterable<Row>): Generator<string> {
  let separator = '[\n';
  for (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

const entryOf = (table: MadeUpTable, isUntitled: boolean): object => ({
  ...{ id: table.id, title: isUntitled ? table.id : table.title, folder: folderOf(table) },
  ...{ status: table.rows ? 'complete' : 'failed', records: table.rows ? count(table.rows) : 0, links: 0 },
  ...{ attachments: { files: 0, bytes: 0, missing: 0 }, contentHash: table.contentHash },
});

const count = (rows: Iterable<Row>): number => Array.from(rows, () => 0).length;

const manifestOf = (
  id: string,
  { tables, artifacts }: { readonly tables: readonly object[]; readonly artifacts: readonly Artifact[] },
) => ({
  ...{ format: 'nocodb-backup', version: '2.0', id, status: 'partial', source: 'default', trigger: 'manual' },
  ...{
    requestedBy: 'ada',
    reason: null,
    requestedAt: '2026-02-05T05:15:00Z',
    settledAt: '2026-02-05T05:16:00Z',
  },
  ...{ tool: { name: 'nocodb-backup', version: '1.0.0' }, nocodb: { version: null }, postgres: null },
  parts: {
    dump: { status: 'not requested', tables: 0, rows: 0, sqlBytes: 0 },
    files: { status: 'not requested', files: 0, tarBytes: 0 },
    export: { status: 'partial', bases: [{ id: 'p1', title: 'CRM', folder: base, tables }] },
  },
  ...{ failures: [], warnings: [], artifacts: artifacts.map((one) => ({ ...one, part: 'export' })) },
});
