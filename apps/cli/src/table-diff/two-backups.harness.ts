import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

type Row = Readonly<Record<string, unknown>>;

/** A table to be written into a made-up backup. */
export interface MadeUpTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly object[];
  /** Undefined: it failed. */
  readonly rows?: Iterable<Row>;
}

/** Writes a sealed backup with one base, as the services do. */
export const writeBackup = async (
  root: string,
  id: string,
  tables: readonly MadeUpTable[],
): Promise<void> => {
  const artifacts: object[] = [];
  const entries: object[] = [];
  const base = 'bases/CRM';
  const stored = async (path: string) => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(root, id, path)), hash);
    const { size: bytes } = await stat(join(root, id, path));
    artifacts.push({ path, bytes, sha256: hash.digest('hex'), part: 'export' });
  };
  await mkdir(join(root, id, base), { recursive: true });
  for (const { id: tableId, title, columns, rows } of tables) {
    const folder = `${base}/tables/${tableId}`;
    const entry = { id: tableId, title, folder, links: 0, attachments: { files: 0, bytes: 0, missing: 0 } };
    entries.push({ ...entry, status: rows ? 'complete' : 'failed', records: rows ? count(rows) : 0 });
    if (!rows) continue;
    await mkdir(join(root, id, folder), { recursive: true });
    const definition = { table: { id: tableId, title, columns }, views: [], hooks: [] };
    await writeFile(join(root, id, folder, 'schema.json'), JSON.stringify(definition));
    const target = createWriteStream(join(root, id, folder, 'records.json.gz'));
    await pipeline(jsonOf(rows), createGzip({ level: 1 }), target);
    for (const name of ['schema.json', 'records.json.gz']) await stored(`${folder}/${name}`);
  }
  const bases = [{ id: 'p1', title: 'CRM', folder: base, tables: entries }];
  await writeFile(join(root, id, 'manifest.json'), JSON.stringify(manifestOf(id, { bases, artifacts })));
};

const count = (rows: Iterable<Row>): number => Array.from(rows, () => 0).length;

function* jsonOf(rows: Iterable<Row>): Generator<string> {
  let separator = '[\n';
  for (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

const manifestOf = (id: string, content: { readonly bases: object[]; readonly artifacts: object[] }) => ({
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
    export: { status: 'partial', bases: content.bases },
  },
  ...{ failures: [], warnings: [], artifacts: content.artifacts },
});
