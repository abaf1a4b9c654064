import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ID = '2024-02-05_06-15-00';
const PACKAGE = join(import.meta.dirname, '..');
const ROWS = 100_000;

/** 120 MB of records, on one line, read by a process that may have 40 MB of heap. */
describe('a table larger than the memory', () => {
  let root: string;

  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [
      join(PACKAGE, '../../node_modules/typescript/bin/tsc'),
      '-b',
      PACKAGE,
    ]);
    root = await mkdtemp(join(tmpdir(), 'vault-'));
    const table = join(root, ID, 'bases/B/tables/T');
    await mkdir(table, { recursive: true });
    await writeFile(join(table, 'schema.json'), '{"id":"m1","title":"T","columns":[]}');
    const tables = [{ id: 'm1', title: 'T', records_count: ROWS }];
    const bases = [{ id: 'p1', title: 'B', tables }];
    await writeFile(join(root, ID, 'manifest.json'), JSON.stringify({ version: '1.0', bases }));
    const row = JSON.stringify({ Id: 1, Text: 'Lorem "ipsum" '.repeat(80) });
    const text = function* () {
      yield '[';
      for (let n = 0; n < ROWS; n++) yield n === 0 ? row : `,${row}`;
      yield ']';
    };
    await pipeline(text, createGzip({ level: 1 }), createWriteStream(join(table, 'records.json.gz')));
  }, 60_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  const program = `
    import { DirectoryVault, openBackup } from ${JSON.stringify(join(PACKAGE, 'dist/index.js'))};
    const { signal } = new AbortController();
    const backup = await openBackup(new DirectoryVault(process.argv[1]), '${ID}');
    const [table] = backup.bases[0].tables;
    await backup.verify([table.paths.records], { signal, progress: () => undefined });
    let rows = 0, buffers = 0;
    for await (const row of table.records(signal))
      if (++rows % 1000 === 0) buffers = Math.max(buffers, process.memoryUsage().arrayBuffers);
    console.log(JSON.stringify({ rows, isFlat: buffers < 40_000_000 }));`;

  it('is checked and read record by record', async () => {
    const argv = ['--max-old-space-size=40', '--input-type=module', '-e', program, '--', root];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    expect(JSON.parse(stdout)).toEqual({ rows: ROWS, isFlat: true });
  }, 60_000);
});
