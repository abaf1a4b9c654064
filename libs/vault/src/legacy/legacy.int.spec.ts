import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { DirectoryVault } from '../directory-vault.js';
import { openBackup } from '../open-backup.js';
import type { StoredBackup, StoredTable } from '../stored-backup.js';
import { ID, type PythonBase, type PythonTable, writePythonBackup } from './python-tool.harness.js';

const { signal } = new AbortController();
const sandboxes: string[] = [];
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vault-'));
  sandboxes.push(root);
});
afterAll(() => Promise.all(sandboxes.map((folder) => rm(folder, { recursive: true, force: true }))));

const at = (path: string) => join(root, ID, path);
const open = () => openBackup(new DirectoryVault(root), ID);
const opened = async (...bases: PythonBase[]): Promise<StoredBackup> => {
  await writePythonBackup(root, bases);
  return open();
};
const base = (...tables: PythonTable[]): PythonBase => ({ id: 'p1', title: 'CRM', tables });
const tableOf = (backup: StoredBackup, index = 0): StoredTable => {
  const table = backup.bases[0]?.tables[index];
  if (table) return table;
  throw new Error(`the backup has no table ${index}`);
};
const records = (table: StoredTable) => Array.fromAsync(table.records(signal));
const attachments = (table: StoredTable) => Array.fromAsync(table.attachments(signal));

const ORDERS: PythonTable = {
  id: 'm1',
  title: 'Orders: 2024/25 "ü"',
  columns: [
    { id: 'c1', title: 'Id', uidt: 'ID', pk: true },
    { id: 'c2', title: 'Files', uidt: 'Attachment' },
  ],
  records: [
    {
      Id: 7,
      Name: 'a, ] [',
      Files: [{ title: 'a?.txt', size: 2, mimetype: 'text/plain', path: 'download/x/a_1.txt' }],
    },
    { Id: 8, Name: null, Files: null },
  ],
  attachments: [['Files', 'a?.txt', 'hi']],
};
const FOLDER = 'bases/CRM/tables/Orders_ 2024_25 _ü_';

describe('a backup of the Python tool', () => {
  it('is read like one of this program', async () => {
    const backup = await opened(base(ORDERS));
    const table = tableOf(backup);
    expect(backup).toMatchObject({ id: ID, format: 'legacy' });
    expect(await table.definition()).toMatchObject({ table: { id: 'm1' }, views: [], hooks: null });
    expect(await records(table)).toEqual(ORDERS.records);
    expect(await Array.fromAsync(table.links(signal))).toEqual([]);
    expect(await Array.fromAsync(table.order(signal))).toEqual([]);
    expect(await backup.bases[0]?.metadata()).toMatchObject({ id: 'p1', title: 'CRM' });
    expect(await text(await backup.open(`${FOLDER}/schema.json`))).toContain('"m1"');
  });

  it('may have its records unpacked', async () => {
    await writePythonBackup(root, [base(ORDERS)], { isPlain: true });
    const table = tableOf(await open());
    expect(table.paths.records).toBe(`${FOLDER}/records.json`);
    expect(await records(table)).toEqual(ORDERS.records);
  });

  it('gets a manifest that says what it has and what it lacks', async () => {
    const { manifest } = await opened(base(ORDERS));
    expect(Manifest.omit({ artifacts: true }).safeParse(manifest).success).toBe(true);
    expect(manifest).toMatchObject({
      // However whole it looks: nobody knows what it should have.
      status: 'partial',
      source: 'http://nocodb:8080',
      requestedAt: '2024-02-05T06:15:00.000Z',
      parts: { dump: { status: 'complete' }, files: { status: 'complete' }, export: { status: 'complete' } },
      failures: [expect.stringMatching(/counted nothing/)],
    });
    expect(manifest.parts.export.bases[0]?.tables[0]).toEqual({
      id: 'm1',
      title: ORDERS.title,
      folder: FOLDER,
      status: 'complete',
      records: 2,
      links: 0,
      attachments: { files: 1, bytes: 2, missing: 0 },
    });
    expect(manifest.warnings.join()).toMatch(/no digests.*no links between records, no views/);
    expect(manifest.artifacts.map(({ path }) => path).sort()).toEqual(
      [
        'bases/CRM/metadata.json',
        `${FOLDER}/records.json.gz`,
        `${FOLDER}/schema.json`,
        'database.sql.gz',
        'nocodb-data.tar.gz',
      ].sort(),
    );
  });

  it('that lists nothing is not complete: the tool did not notice a refused token', async () => {
    const { manifest } = await opened();
    expect(manifest.status).toBe('partial');
    expect(manifest.parts.export.status).toBe('failed');
    expect(manifest.failures.join()).toMatch(/no table is listed.*refused its token/);
  });

  it.each(['schema.json', 'records.json.gz'])('is not complete without a %s', async (name) => {
    await writePythonBackup(root, [base(ORDERS)]);
    await rm(at(`${FOLDER}/${name}`));
    const { manifest } = await open();
    expect(manifest.status).toBe('partial');
    expect(manifest.failures.join()).toMatch(/table "Orders: 2024\/25 "ü"" of base "CRM": .*not there/);
  });

  it('without a single attached file is not complete, as the tool lost those of the default store', async () => {
    const backup = await opened(base({ ...ORDERS, attachments: [] }));
    expect(backup.manifest.status).toBe('partial');
    expect(backup.manifest.failures.join()).toMatch(/"Files".*may lie in nocodb-data\.tar\.gz/);
    expect(await attachments(tableOf(backup))).toMatchObject([{ record: 7, missing: expect.any(String) }]);
  });

  it('with a damaged schema keeps its other tables', async () => {
    await writePythonBackup(root, [base(ORDERS, { id: 'm2', title: 'B', records: [] })]);
    await truncate(at(`${FOLDER}/schema.json`), 20);
    const backup = await open();
    expect(backup.manifest.parts.export.bases[0]?.tables.map(({ status }) => status)).toEqual([
      'failed',
      'complete',
    ]);
    await expect(tableOf(backup).definition()).rejects.toThrow(/schema\.json.*damaged/);
  });
});

describe('tables of one name to the Python tool', () => {
  const first: PythonTable = { id: 'm1', title: 'A/B', records: [{ Id: 1 }] };
  const second: PythonTable = { id: 'm2', title: 'A:B', records: [{ Id: 2 }] };

  it('are never mistaken for each other: only the last one is there', async () => {
    const backup = await opened(base(first, second));
    const [overwritten, there] = [tableOf(backup, 0), tableOf(backup, 1)];
    expect(overwritten).toMatchObject({ paths: {}, entry: { id: 'm1', status: 'failed', records: 0 } });
    expect(await records(overwritten)).toEqual([]);
    await expect(overwritten.definition()).rejects.toThrow(/"A\/B".*table m2.*overwrote/);
    expect(await records(there)).toEqual([{ Id: 2 }]);
    expect(backup.manifest.status).toBe('partial');
    expect(backup.manifest.warnings.join()).toMatch(/table "A:B" .*other tables were written to/);
  });

  it('do not give the records of one to the other whose own could not be read', async () => {
    const backup = await opened(base(first, { ...second, records: undefined }));
    expect(await records(tableOf(backup, 1))).toEqual([]);
    expect(backup.manifest.failures.join()).toMatch(/"A:B".*cannot be told whose records/);
  });

  it('may be of two bases of one name', async () => {
    const backup = await opened(base(first), {
      id: 'p2',
      title: 'CRM',
      tables: [{ ...second, title: 'A/B' }],
    });
    expect(tableOf(backup).entry.status).toBe('failed');
    expect(await backup.bases[0]?.metadata()).toEqual({ id: 'p1', title: 'CRM' });
    expect(await backup.bases[1]?.metadata()).toMatchObject({ id: 'p2', sources: [] });
    expect(backup.bases[1]?.tables[0]?.entry.status).toBe('complete');
  });

  it('may be too long for it, counted in characters', async () => {
    const title = `${'ü'.repeat(99)}x`;
    const backup = await opened(base({ ...first, title: `${title}1` }, { ...second, title: `${title}2` }));
    expect(tableOf(backup, 1).entry).toMatchObject({
      folder: `bases/CRM/tables/${title}`,
      status: 'complete',
    });
    expect(tableOf(backup, 0).entry.status).toBe('failed');
  });
});

describe('attached files of the Python tool', () => {
  const cell = (title: string, size: number | undefined, path: string) => ({
    title,
    size,
    mimetype: null,
    path,
  });
  const withFiles = (
    rows: readonly object[],
    files: readonly (readonly [string, string])[],
  ): PythonTable => ({
    ...ORDERS,
    records: rows.map((row, index) => ({ Id: index + 1, ...row })),
    attachments: files.map(([title, content]) => ['Files', title, content]),
  });
  const found = async (table: PythonTable) =>
    (await attachments(tableOf(await opened(base(table))))).map((entry) =>
      'missing' in entry
        ? `${String(entry.record)}: ${entry.missing}`
        : `${String(entry.record)}: ${entry.path}`,
    );

  it('belong to the records whose cells name them', async () => {
    expect(await attachments(tableOf(await opened(base(ORDERS))))).toEqual([
      {
        record: 7,
        column: 'c2',
        index: 0,
        title: 'a?.txt',
        mimetype: 'text/plain',
        path: `${FOLDER}/attachments/Files/a_.txt`,
        bytes: 2,
        sha256: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4',
      },
    ]);
  });

  it('are found by the name of their path, too', async () => {
    const row = { Files: [{ title: '', size: 2, path: 'download/%C3%BC.txt?x' }] };
    expect(await found(withFiles([row], [['ü.txt', 'hi']]))).toEqual([
      `1: ${FOLDER}/attachments/Files/ü.txt`,
    ]);
  });

  it('of one name overwrote each other: only the last one is there', async () => {
    const rows = [{ Files: [cell('x', 2, 'p/1')] }, { Files: [cell('x', 2, 'p/2')] }];
    expect(
      await found(
        withFiles(rows, [
          ['x', 'hi'],
          ['x', 'ho'],
        ]),
      ),
    ).toEqual([
      '1: the older tool overwrote it with another file of the same name',
      `2: ${FOLDER}/attachments/Files/x`,
    ]);
  });

  it('that two records share are found for both', async () => {
    const rows = [{ Files: [cell('x', 2, 'p/1')] }, { Files: JSON.stringify([cell('x', 2, 'p/1')]) }];
    expect(await found(withFiles(rows, [['x', 'hi']]))).toEqual([
      `1: ${FOLDER}/attachments/Files/x`,
      `2: ${FOLDER}/attachments/Files/x`,
    ]);
  });

  it('of one name are told apart where a later version numbered them', async () => {
    const rows = [{ Files: [cell('x.y.pdf', 2, 'p/1'), cell('x.y.pdf', 3, 'p/2')] }];
    expect(
      await found(
        withFiles(rows, [
          ['x.y.pdf', 'hi'],
          ['x.y (2).pdf', 'hoi'],
        ]),
      ),
    ).toEqual([`1: ${FOLDER}/attachments/Files/x.y.pdf`, `1: ${FOLDER}/attachments/Files/x.y (2).pdf`]);
  });

  it('of another size are not taken for those of the record', async () => {
    expect(await found(withFiles([{ Files: [cell('x', 9, 'p/1')] }], [['x', 'hi']]))).toEqual([
      expect.stringMatching(/1: it had 9 bytes, the stored file of its name has 2/),
    ]);
  });

  it('in a folder that two tables share must at least have the right size', async () => {
    const table = { ...withFiles([{ Files: [cell('x', undefined, 'p/1')] }], [['x', 'hi']]), title: 'A/B' };
    const backup = await opened(base({ id: 'm0', title: 'A:B', records: [] }, table));
    expect(await attachments(tableOf(backup, 1))).toMatchObject([
      { missing: expect.stringMatching(/cannot be told whose/) },
    ]);
  });

  it('are not read through a link', async () => {
    await writePythonBackup(root, [base({ ...ORDERS, attachments: [] })]);
    await mkdir(at(`${FOLDER}/attachments/Files`), { recursive: true });
    await symlink('/etc/hostname', at(`${FOLDER}/attachments/Files/a_.txt`));
    expect(await attachments(tableOf(await open()))).toMatchObject([
      { missing: 'the older tool did not store it' },
    ]);
  });
});

describe('checking a backup of the Python tool', () => {
  const checked = async () => {
    const backup = await open();
    const { schema, records: rows, attachments: files } = tableOf(backup).paths;
    const paths = ['database.sql.gz', 'nocodb-data.tar.gz', schema, rows, files].filter(
      (path) => path !== undefined,
    );
    const heard: number[] = [];
    await backup.verify(paths, {
      signal,
      progress: ({ bytes, bytesTotal }) => heard.push(bytes / bytesTotal),
    });
    return heard.at(-1);
  };

  it('reads all of it', async () => {
    await writePythonBackup(root, [base(ORDERS)]);
    expect(await checked()).toBe(1);
  });

  it.each(['database.sql.gz', 'nocodb-data.tar.gz', `${FOLDER}/records.json.gz`])(
    'finds that %s was cut short',
    async (path) => {
      await writePythonBackup(root, [base(ORDERS)]);
      await truncate(at(path), (await readFile(at(path))).length - 9);
      await expect(checked()).rejects.toThrow(/damaged: 1 file .*the archive is not whole/);
      await expect(checked()).rejects.toThrow(PermanentError);
    },
  );

  it('finds that an archive was changed', async () => {
    await writePythonBackup(root, [base(ORDERS)]);
    const bytes = await readFile(at('database.sql.gz'));
    bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1;
    await writeFile(at('database.sql.gz'), bytes);
    await expect(checked()).rejects.toThrow(/database\.sql\.gz \(the archive is not whole/);
  });

  it('finds that unpacked records were cut short', async () => {
    await writePythonBackup(root, [base(ORDERS)], { isPlain: true });
    await truncate(at(`${FOLDER}/records.json`), 60);
    await expect(checked()).rejects.toThrow(/records\.json \(it is no JSON/);
  });

  it('does not call whole what is not there', async () => {
    const backup = await opened(base(ORDERS));
    const checking = backup.verify(['database.json'], { signal, progress: () => undefined });
    await expect(checking).rejects.toThrow(/database\.json \(it is not in the backup/);
  });
});

describe('a folder without a manifest', () => {
  it('that holds a dump alone is what --db-only left, and never complete', async () => {
    await writePythonBackup(root, [], { manifest: false });
    const backup = await open();
    expect(backup).toMatchObject({ format: 'legacy', bases: [] });
    expect(backup.manifest).toMatchObject({ status: 'partial', parts: { dump: { status: 'complete' } } });
    expect(backup.manifest.warnings.join()).toMatch(/no manifest.*--db-only/);
  });

  it.each([
    ['has a staging folder', () => mkdir(join(root, '.staging', ID, 'a1'), { recursive: true })],
    ['says what the dump holds, as this program does', () => writeFile(at('database.json'), '{}')],
    ['has tables', () => mkdir(at('bases')).then(() => writeFile(at('bases/x'), ''))],
    ['has no dump', () => rm(at('database.sql.gz'))],
  ])('that %s is not opened', async (_, change) => {
    await writePythonBackup(root, [], { manifest: false });
    await change();
    await expect(open()).rejects.toThrow(/has no manifest\.json/);
  });
});

describe('a manifest of version 1.0', () => {
  it('that is damaged is not used', async () => {
    await writePythonBackup(root, []);
    await writeFile(at('manifest.json'), '{"version": "1.0", "bases": [{}]}');
    await expect(open()).rejects.toThrow(/manifest\.json of backup 2024-02-05_06-15-00 .*damaged/);
  });

  it('never shows a password of the address', async () => {
    expect(JSON.stringify((await opened(base(ORDERS))).manifest)).not.toContain('secret');
  });
});
