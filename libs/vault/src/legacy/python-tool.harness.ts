import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const ID = '2024-02-05_06-15-00';

export interface PythonTable {
  readonly id: string;
  readonly title: string;
  readonly columns?: readonly object[];
  /** Undefined: they could not be read, so the tool wrote none. */
  readonly records?: readonly object[] | undefined;
  /** By field and title, in the order in which they were downloaded. */
  readonly attachments?: readonly (readonly [field: string, title: string, content: string])[];
}
export interface PythonBase {
  readonly id: string;
  readonly title: string;
  readonly tables: readonly PythonTable[];
}

interface Options {
  /** False as with `--db-only`. */
  readonly manifest?: boolean;
  /** Records as `records.json`, not packed. */
  readonly isPlain?: boolean;
}

const DUMP = gzipSync(`${'SELECT 1;\n'.repeat(1000)}-- PostgreSQL database dump complete\n`);

/** Writes a backup as the Python tool did: by title, one after the other, whatever lies there already. */
export const writePythonBackup = async (
  root: string,
  bases: readonly PythonBase[],
  { manifest = true, isPlain = false }: Options = {},
): Promise<void> => {
  const write = async (path: string, bytes: Buffer | string) => {
    const file = join(root, ID, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  };
  await write('database.sql.gz', DUMP);
  for (const base of bases) {
    const folder = `bases/${named(base.title)}`;
    await write(`${folder}/metadata.json`, json({ id: base.id, title: base.title, sources: [] }));
    for (const table of base.tables)
      await writeTable(write, `${folder}/tables/${named(table.title)}`, table, isPlain);
  }
  if (!manifest) return;
  await write('nocodb-data.tar.gz', gzipSync('tar'.repeat(1000)));
  const nocodb_url = 'http://user:secret@nocodb:8080';
  await write('manifest.json', json({ version: '1.0', nocodb_url, bases: bases.map(listed) }));
};

type Write = (path: string, bytes: Buffer | string) => Promise<void>;

const writeTable = async (
  write: Write,
  folder: string,
  table: PythonTable,
  isPlain: boolean,
): Promise<void> => {
  const { id, title, columns = [], records, attachments = [] } = table;
  await write(`${folder}/schema.json`, json({ id, title, columns }));
  if (records && isPlain) await write(`${folder}/records.json`, json(records));
  if (records && !isPlain) await write(`${folder}/records.json.gz`, gzipSync(json(records)));
  for (const [field, name, content] of attachments)
    await write(`${folder}/attachments/${named(field)}/${named(name)}`, content);
};

let running = 0;
const listed = ({ id, title, tables }: PythonBase) => ({
  id,
  title,
  tables: tables.map((table) => {
    running += table.attachments?.length ?? 0;
    const counts = table.records ? { records_count: table.records.length, attachments_count: running } : {};
    return { id: table.id, title: table.title, ...counts };
  }),
});

const named = (title: string): string => title.replaceAll(/[/\\:<>"|?*]/g, '_').slice(0, 100);
const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
