import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { connectionFromUrl, type PostgresConnection } from './connection.js';
import { type Client, findPsql } from './find-client.js';
import { loadDump } from './load-dump.js';

const HEAD = '--\n-- PostgreSQL database dump\n--\n\n';
const END = '\n--\n-- PostgreSQL database dump complete\n--\n\n';
let server: PostgresServer;
let client: Client;
let connection: PostgresConnection;
let sandbox: string;
let number = 0;

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'load-'));
  server = await startPostgres();
  client = await findPsql(15);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(sandbox, { recursive: true, force: true });
});

const load = async (body: string, options: Partial<Parameters<typeof loadDump>[2]> = {}, end = END) => {
  const name = `empty${++number}`;
  connection = connectionFromUrl(await server.createDatabase(name, 'noco'));
  async function* chunks() {
    yield await Promise.resolve(
      Buffer.from(`${HEAD}\\restrict theirs\n\nSET check_function_bodies = false;\n\n--\n-- Name: t\n--\n`),
    );
    yield Buffer.from(`${body}\n${end}\\unrestrict theirs\n\n`);
  }
  await loadDump(connection, chunks(), { client, serverMajor: 15, timeoutSeconds: 30, ...options });
  return name;
};

describe('a dump', () => {
  it('cannot run commands, wherever they stand', async () => {
    const mark = join(sandbox, 'mark');
    const bodies = [
      `\\! touch ${mark}`,
      `SELECT 1; \\! touch ${mark}`,
      `SELECT 1 \\g | touch ${mark}`,
      `\\unrestrict theirs\n\\! touch ${mark}`,
      `\\copy pg_class to program 'touch ${mark}'`,
      `\\o |touch ${mark}`,
    ];
    for (const body of bodies) {
      await expect(load(body)).rejects.toThrow(/restricted|unrestrict/);
      expect(existsSync(mark)).toBe(false);
    }
  });

  it('has rows that look like commands', async () => {
    const rows = '\\restrict theirs\n\\\\! touch x\n\\n\n:name\n';
    const name = await load(`CREATE TABLE t (a text);\nCOPY t FROM stdin;\n${rows}\\.\nSELECT ':name';`);
    const found = await server.query<{ a: string }>('SELECT a FROM t', [], name);
    expect(found.map(({ a }) => a)).toEqual(['\restrict theirs', '\\! touch x', '\n', ':name']);
  });

  it('stops at the first error, which needs a person', async () => {
    const loading = load('CREATE TABLE a (); SELECT 1 / 0; CREATE TABLE b ()');
    await expect(loading).rejects.toThrow(PermanentError);
    await expect(loading).rejects.toThrow(/database "empty\d+".*division by zero/);
    expect(
      await server.query("SELECT FROM pg_tables WHERE tablename = 'b'", [], connection.database),
    ).toEqual([]);
  });

  it('that is cut short commits nothing that waits for its end', async () => {
    const around = { before: 'BEGIN;', after: 'COMMIT;' };
    await expect(load('CREATE TABLE a ();', around, '')).rejects.toThrow(/cut short/);
    const tables = () => server.query("SELECT FROM pg_tables WHERE tablename = 'a'", [], connection.database);
    expect(await tables()).toEqual([]);
    await load('CREATE TABLE a ();', around);
    expect(await tables()).toHaveLength(1);
  });

  it('that takes too long is stopped, and told which limit to raise', async () => {
    await expect(load('SELECT pg_sleep(60);', { timeoutSeconds: 1 })).rejects.toThrow(
      /NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT/,
    );
  });

  it('whose source fails fails with that', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(HEAD.padEnd(9000)));
      throw new Error('disk on fire');
    }
    await expect(
      loadDump(connection, failing(), { client, serverMajor: 15, timeoutSeconds: 30 }),
    ).rejects.toThrow('disk on fire');
  });

  it('needs a psql that is there', async () => {
    const loading = load('', { client: { path: join(sandbox, 'nothing') } });
    await expect(loading).rejects.toThrow(/cannot be started/);
  });
});
