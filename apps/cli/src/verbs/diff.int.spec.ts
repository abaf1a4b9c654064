import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, truncate, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ranCli } from '../cli.harness.js';
import { type MadeUpTable, writeBackup } from '../table-diff/two-backups.harness.js';

const [before, after, large, later] = ['05', '06', '07', '08'].map((day) => `2026-02-${day}_05-15-00`) as [
  string,
  string,
  string,
  string,
];
const column = (id: string, title: string, uidt = 'SingleLineText') => ({ id, title, uidt });
const key = { id: 'c1', title: 'Id', uidt: 'ID', pk: true };
const columns = [key, column('c2', 'Name'), column('c3', 'Doubled', 'Formula')];
const same: MadeUpTable = { id: 'm0', title: 'Same', columns, rows: [{ Id: 1, Name: 'x' }] };
const withFiles = [...columns, column('c5', 'Files', 'Attachment'), column('c6', 'Data', 'JSON')];
const signed = (sign: string, data: string | null) => [
  { Id: 1, Files: [{ title: 'a', path: 'p', signedPath: sign }], Data: data && { signedBy: data } },
];
const MANY = 5_000;
/** Texts as keys, which a database sorts otherwise than this program: they must be sorted. */
const manyRows = (name: (n: number) => string) => ({
  *[Symbol.iterator]() {
    for (let n = 0; n < MANY; n++) yield { Id: `k${(n * 7919) % MANY}`, Name: name((n * 7919) % MANY) };
  },
});

describe('diff', () => {
  let root: string;
  let env: Record<string, string>;
  const cli = (...argv: string[]) => ranCli({ env }, 'diff', ...argv);

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nocodb-backup-diff-'));
    env = { NOCODB_BACKUP_DIR: root };
    await writeBackup(env, before, [
      same,
      {
        id: 'm1',
        title: 'Orders',
        columns,
        rows: [10, 2, 1].map((Id) => ({ Id, Name: `n${Id}`, Doubled: 1 })),
      },
      { id: 'm2', title: 'Gone', columns, rows: [{ Id: 1, Name: 'x' }] },
      { id: 'm3', title: 'Broken', columns },
      { id: 'm7', title: 'Hashed', columns, rows: signed('a', null), contentHash: '1'.repeat(64) },
      { id: 'm8', title: 'Signed', columns: withFiles, rows: signed('a', null) },
      { id: 'm9', title: 'Keyless', columns: withFiles.slice(1), rows: signed('a', null) },
      { id: 'm10', title: 'Signed by people', columns: withFiles, rows: signed('a', 'ada') },
      { id: 'm5', title: 'Remade', columns: [key, column('c9', 'Name')], rows: [{ Id: 1, Name: 'x' }] },
    ]);
    const renamed = [key, column('c2', 'Full name'), column('c4', 'New'), column('c3', 'Doubled', 'Formula')];
    const rows = [
      { Id: 2, 'Full name': 'N2', New: null, Doubled: 2 },
      { Id: 3, 'Full name': 'n3', New: 1, Doubled: 2 },
      { Id: 10, 'Full name': 'n10', New: 7, Doubled: 2 },
    ];
    await writeBackup(env, after, [
      same,
      { id: 'm1', title: 'Old orders', columns: renamed, rows },
      { id: 'm3', title: 'Broken', columns, rows: [] },
      { id: 'm7', title: 'Hashed', columns, rows: signed('b', null), contentHash: '1'.repeat(64) },
      { id: 'm8', title: 'Signed', columns: withFiles, rows: signed('b', null) },
      { id: 'm9', title: 'Keyless', columns: withFiles.slice(1), rows: signed('b', null) },
      { id: 'm10', title: 'Signed by people', columns: withFiles, rows: signed('b', 'bob') },
      { id: 'm4', title: 'Brand new', columns, rows: [{ Id: 1, Name: 'x' }] },
      {
        id: 'm6',
        title: 'Remade',
        columns: [{ ...key, id: 'd1' }, column('d2', 'Name')],
        rows: [{ Id: 1, Name: 'y' }],
      },
    ]);
  }, 30_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('counts table by table, and reads no table whose digest, or hash of the content, is the same', async () => {
    for (const id of ['m0', 'm7']) await unlink(join(root, before, `bases/CRM/tables/${id}/schema.json`));
    const { code, out, err } = await cli(before, after, '--json');
    expect([code, err]).toEqual([3, 'not compared: "Broken" of base "CRM"\n']);
    const counted = (JSON.parse(out) as Record<string, unknown>[]).map((one) =>
      ['title', 'state', 'added', 'changed', 'removed'].map((name) => one[name]),
    );
    expect(counted).toEqual([
      ['Same', 'unchanged', 0, 0, 0],
      ['Old orders', 'changed', 1, 1, 1],
      ['Broken', 'not compared', 0, 0, 0],
      ['Hashed', 'unchanged', 0, 0, 0],
      ['Signed', 'unchanged', 0, 0, 0],
      ['Keyless', 'unchanged', 0, 0, 0],
      ['Signed by people', 'changed', 0, 1, 0],
      ['Brand new', 'new', 1, 0, 0],
      ['Remade', 'changed', 0, 1, 0],
      ['Gone', 'gone', 0, 0, 1],
    ]);
    const text = (await cli(before, after)).out;
    expect(text).toContain('CRM / Old orders: was CRM / Orders');
    expect(text).toContain('columns renamed: Name > Full name');
    expect(text).toContain('10 tables compared, 4 without a change');
  });

  it('prints the records of one table, sorted by id', async () => {
    const { code, out } = await cli(before, after, '--base', 'CRM', '--table', 'Orders');
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 3)).toEqual([
      '- 1  Id: 1; Name: "n1"; Doubled: 1',
      '~ 2  Full name: "n2" > "N2"',
      '+ 3  Id: 3; Full name: "n3"; New: 1; Doubled: 2',
    ]);
    const lines = (await cli(before, after, '--table', 'm1', '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { change?: string }).change)).toEqual([
      ...['removed', 'changed', 'added'],
      undefined,
    ]);
    const limited = await cli(before, after, '--table', 'm1', '--limit', '1');
    expect(limited.err).toBe('2 more; --limit 0 prints all\n');
  });

  it.each([
    [[before, '2020-01-01_00-00-00'], 10, /lies neither in the backup directory/],
    [[before, after, '--table', 'none'], 2, /neither backup has a table "none"/],
    [[before, after, '--limit', 'x'], 2, /must be a number/],
  ])('ends for %j with %j', async (argv, code, message) => {
    const ran = await cli(...argv);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(message);
  });

  it('sorts and compares more records than its memory may sort at once', async () => {
    const keyed = [{ ...key, uidt: 'SingleLineText' }, column('c2', 'Name')];
    const text = 'Lorem ipsum '.repeat(1000);
    const tables = (rows: Iterable<Record<string, unknown>>) => [
      { id: 'm1', title: 'Many', columns: keyed, rows },
    ];
    await writeBackup(env, large, tables(manyRows(() => text)));
    await writeBackup(env, later, tables(manyRows((n) => (n === 5 ? 'changed' : text))));
    const project = join(import.meta.dirname, '../..');
    const tsc = join(project, '../../node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-b', project]);
    const program = `
      import { createProgram, processContext, run } from ${JSON.stringify(join(project, 'dist/index.js'))};
      const code = await run(createProgram(processContext()), ['diff', '${large}', '${later}', '--json']);
      process.exitCode = code;`;
    const argv = ['--max-old-space-size=88', '--input-type=module', '-e', program];
    // Fails when the heap is exhausted, as it is when all records are sorted in it.
    const { stdout } = await promisify(execFile)(process.execPath, argv, {
      env: { ...process.env, ...env },
    });
    expect(JSON.parse(stdout)).toMatchObject([
      { added: 0, changed: 1, removed: 0, records: { after: MANY } },
    ]);
  }, 120_000);

  it('compares nothing with a file that is not the one that was stored, although it can be read', async () => {
    const [folder, name] = [join(root, after, 'bases/CRM/tables'), 'records.json.gz'];
    await copyFile(join(folder, 'm4', name), join(folder, 'm8', name));
    const ran = await cli(before, after, '--table', 'm8');
    expect([ran.code, ran.out]).toEqual([1, '']);
    expect(ran.err).toMatch(/could not be compared: .*m8\/records\.json\.gz/s);
  });

  it('compares nothing with a file that was cut short', async () => {
    await truncate(join(root, after, 'bases/CRM/tables/m1/records.json.gz'), 60);
    const ran = await cli(before, after, '--table', 'm1');
    expect([ran.code, ran.out]).toEqual([1, '']);
    expect(ran.err).toMatch(/could not be compared: .*records\.json\.gz/s);
  });
});
