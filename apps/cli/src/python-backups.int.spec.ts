import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@nocodb-backup/testing';
import { createProgram } from './program.js';
import { run } from './run.js';

const ID = '2024-02-05_06-15-00';
const DUMP_ALONE = '2024-02-04_06-15-00';
const table = (id: string, title: string) => ({ id, title, records_count: 1, attachments_count: 0 });

/** What lay in the backup directory when this program took over from the Python tool; the log knows nothing of it. */
describe('backups of the Python tool', () => {
  let directory: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nocodb-backup-cli-'));
    env = { NATS_URL: `nats://127.0.0.1:${await freePort()}`, NOCODB_BACKUP_DIR: directory };
    const write = async (id: string, path: string, content: string | Buffer) => {
      await mkdir(dirname(join(directory, id, path)), { recursive: true });
      await writeFile(join(directory, id, path), content);
    };
    const folder = 'bases/CRM/tables/Orders';
    await write(ID, 'database.sql.gz', gzipSync('SELECT 1;'));
    await write(ID, 'nocodb-data.tar.gz', gzipSync('tar'));
    await write(ID, 'bases/CRM/metadata.json', '{"id":"p1","title":"CRM"}');
    await write(ID, `${folder}/schema.json`, '{"id":"m1","title":"Orders","columns":[]}');
    await write(ID, `${folder}/records.json.gz`, gzipSync('[{"Id":1}]'));
    const tables = [table('m1', 'Orders'), table('m2', 'Lost')];
    const bases = [{ id: 'p1', title: 'CRM', tables }];
    await write(ID, 'manifest.json', JSON.stringify({ version: '1.0', nocodb_url: 'http://n:8080', bases }));
    await write(DUMP_ALONE, 'database.sql.gz', gzipSync('SELECT 1;'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const cli = async (...argv: string[]) => {
    const texts = { out: '', err: '' };
    const stream = (name: 'out' | 'err') =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          texts[name] += chunk.toString();
          done();
        },
      });
    const program = createProgram({
      environment: () => env,
      stdout: stream('out'),
      stderr: stream('err'),
      stdin: Readable.from([]),
      signal: new AbortController().signal,
      now: () => new Date(),
      person: 'ada@desk',
    });
    return { code: await run(program, argv, env), ...texts };
  };

  it('are inspected, marked as such', async () => {
    const { code, out } = await cli('inspect', ID);
    expect(code).toBe(0);
    expect(out).toMatch(/^2024-02-05_06-15-00 {2}partial\n/);
    expect(out).toMatch(
      /─ database\.sql\.gz \(29 B\)\n.*─ nocodb-data\.tar\.gz \(23 B\)\n.*─ manifest\.json\n/,
    );
    expect(out).toMatch(/─ Orders\/ \(1 record, .*\n.*─ Lost\/ \(failed: not in this backup\)\n/);
    expect(out).toMatch(/! table "Lost" of base "CRM": bases\/CRM\/tables\/Lost\/schema\.json is not there/);
    expect(out).toMatch(/! made by the older tool \(Python\): there are no digests/);
    expect(out).toMatch(/! the older tool stored no links/);
  });

  it('are listed, and a dump alone is never called complete', async () => {
    const { code, out } = await cli('list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { id: ID, verdict: 'partial', reason: 'made by the older tool', knownFrom: 'manifest' },
      { id: DUMP_ALONE, verdict: 'partial' },
    ]);
  });

  it.each([ID, DUMP_ALONE])('are shown: %s', async (id) => {
    const { code, out } = await cli('show', id);
    expect(code).toBe(0);
    expect(out).toMatch(/by the older tool \(Python\)/);
    expect(out).toMatch(/│ dump +│ complete +│ +29 B │ +│/);
    expect(out).toMatch(/- made by the older tool .*no digests/);
  });

  it('without a manifest are shown without one', async () => {
    const { code, out } = await cli('inspect', DUMP_ALONE);
    expect(code).toBe(0);
    expect(out).toMatch(
      /partial\n└── database\.sql\.gz \(29 B\)\n! the older tool \(Python\) counted nothing .*\n! made by .*\n! there is no manifest/,
    );
  });
});
