import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import { type Cells, Desk } from './attached.harness.js';
import { type Between, between } from './faults.harness.js';
import { backupId, sealed } from './vault.harness.js';

const PACKAGE = join(import.meta.dirname, '../..');
const at = (path: string) => JSON.stringify(join(PACKAGE, path));

/** What one attempt of the restorer does, in a process of its own. */
const program = `
import { Downloads, NocoDb, RecordWriter, Uploads } from ${at('../../libs/nocodb/dist/index.js')};
import { DirectoryVault, openBackup } from ${at('../../libs/vault/dist/index.js')};
import { restoreTableAttachments } from ${at('dist/attachments/restore-table-attachments.js')};
const [url, token, root, tableId] = process.argv.slice(1);
const connection = { url, token };
const [api, records] = [new NocoDb(connection), new RecordWriter(connection)];
const target = { api, records, uploads: new Uploads(connection), downloads: new Downloads() };
const backup = await openBackup(new DirectoryVault(root), '${backupId}');
const wanted = { stored: backup.bases[0].tables[0], tableId, recordIdOf: (id) => id };
const work = { backup, signal: AbortSignal.timeout(60_000), progress: () => undefined };
const { counts, leftOut } = await restoreTableAttachments(target, wanted, work);
process.stdout.write(JSON.stringify({ counts, leftOut }));
process.exit(0);
`;

describe('a killed restore of attached files', () => {
  let postgres: PostgresServer;
  let nocodb: NocoDbServer;
  let proxy: Between;
  let root: string;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    const tsc = join(PACKAGE, '../../node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-b', PACKAGE]);
    root = await mkdtemp(join(tmpdir(), 'attachments-'));
    closers.push(() => rm(root, { recursive: true, force: true }));
    postgres = await startPostgres();
    closers.push(() => postgres.stop());
    nocodb = await startNocoDb({ postgres });
    closers.push(() => nocodb.stop());
    proxy = await between(nocodb.url);
    closers.push(() => {
      proxy.close();
    });
  }, 600_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  }, 60_000);

  it('is gone on with: every file is there once, and few were uploaded for nothing', async () => {
    const desk = new Desk(nocodb, await nocodb.signIn());
    const records: Cells[] = Array.from({ length: 60 }, (_, n) => ({
      Files: [
        ['one.txt', `one of ${n}`],
        ['two.txt', `two of ${n}`],
      ],
    }));
    const table = await desk.table('Killed', records);
    await sealed(root, desk.backedUp(table, records));
    await desk.loseFiles();
    const token = await nocodb.createToken();
    const attempt = () =>
      spawn(
        process.execPath,
        ['--input-type=module', '-e', program, '--', proxy.url, token, root, table.id],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
    const first = attempt();
    let links = 0;
    proxy.fault = (_, { request }) => {
      if (request.method === 'PATCH' && ++links === 3) first.kill('SIGKILL');
      return undefined;
    };
    expect(await once(first, 'exit')).toEqual([null, 'SIGKILL']);
    const second = attempt();
    const said = (await second.stdout.toArray()).join('');
    const { counts, leftOut } = JSON.parse(said) as {
      counts: { files: number; alreadyThere: number };
      leftOut: unknown;
    };
    expect(leftOut).toEqual([]);
    expect(counts.alreadyThere).toBeGreaterThanOrEqual(32);
    expect(counts.alreadyThere + counts.files).toBe(120);
    for (const [at, { Files }] of records.entries()) expect(await desk.seen(table, at + 1)).toEqual(Files);
    expect(await desk.stored()).toBeLessThanOrEqual(120 + 16);
  }, 120_000);
});
