import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import pg from 'pg';
import { RefusedError } from '../refused-error.js';
import { addSql, backUp, changeSql, plannedRestore, restored, type Wish } from './dump.harness.js';

jest.setTimeout(30_000);
let server: PostgresServer;
let sandbox: string;
let folder: string;
let source: string;
let url: string;
let number = 0;
let name: string;

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'in-place-'));
  server = await startPostgres();
  source = await server.createDatabase('source', 'noco');
  await as(
    'source',
    `CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE SCHEMA pbase; CREATE TABLE pbase.things (id serial);
    INSERT INTO orders SELECT n, 'backed up' FROM generate_series(1, 1000) n; INSERT INTO pbase.things DEFAULT VALUES`,
  );
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(sandbox, { recursive: true, force: true });
});
beforeEach(async () => {
  name = `nocodb${++number}`;
  url = await server.createDatabase(name, 'plain');
  folder = join(sandbox, name);
  await mkdir(folder);
  await backUp(source, folder);
});

const as = (database: string, sql: string, role = 'noco') =>
  server.query(`SET ROLE ${role}; ${sql}`, undefined, database);
/** What is in the database before the restore: some of it of the same name, some of every sort. */
const fill = () =>
  as(
    name,
    `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (5000, 'other');
     CREATE VIEW seen AS SELECT * FROM orders; CREATE MATERIALIZED VIEW kept AS SELECT * FROM seen; CREATE SEQUENCE counter;
     CREATE TYPE mood AS ENUM ('happy'); CREATE DOMAIN positive AS int CHECK (value > 0); CREATE TYPE pair AS (a mood, b int);
     CREATE FUNCTION answer(mood) RETURNS int LANGUAGE sql AS 'SELECT 42'; CREATE SCHEMA pother; CREATE TABLE pother.junk (id serial);
     CREATE TABLE parted (id positive) PARTITION BY LIST (id); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)`,
    'plain',
  );
const state = async () =>
  (
    await server.query<{ name: string }>(
      `SELECT n.nspname || '.' || relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE n.nspname !~ '^pg_|information_schema' AND relkind IN ('r', 'v', 'm', 'S', 'p', 'c') ORDER BY 1`,
      [],
      name,
    )
  ).map((row) => row.name);
const wish = (options: Partial<Wish> = {}): Wish => ({ url, folder, options: { force: true }, ...options });

const unchanged = async (restoring: Promise<unknown>, message: RegExp) => {
  const before = await state();
  await expect(restoring).rejects.toThrow(message);
  expect(await state()).toEqual(before);
  expect(await server.query('SELECT note FROM orders', [], name)).toEqual([{ note: 'other' }]);
};

describe('a role that may not make databases', () => {
  it('is refused, and told the grant and the risk', async () => {
    await fill();
    const refused = plannedRestore(wish({ options: {} }));
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(
      /ALTER ROLE "plain" CREATEDB; then try again.*NOTHING of it is kept aside/,
    );
  });

  it('that does not own the database either is told both', async () => {
    await fill();
    await server.query(`ALTER DATABASE ${name} OWNER TO noco`);
    await expect(plannedRestore(wish({ options: {} }))).rejects.toThrow(
      new RegExp(`ALTER ROLE "plain" CREATEDB; ALTER DATABASE "${name}" OWNER TO "plain"`),
    );
  });

  it('is told how to make one that is not there', async () => {
    const refused = restored(wish({ options: { into: 'nowhere' } }));
    await expect(refused).rejects.toThrow(/CREATE DATABASE "nowhere" OWNER "plain"/);
    await expect(refused).rejects.toThrow(RefusedError);
  });

  it('fills an empty database without more ado', async () => {
    const { counts, plan } = await restored(wish({ options: {} }));
    expect(counts).toEqual({ tables: 2, rows: 1001 });
    expect(plan.steps).toMatchObject([
      { key: 'in-place', action: expect.stringContaining('empty database') },
    ]);
  });

  it('replaces everything in the database if that is wanted, whoever is connected', async () => {
    await fill();
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const { counts, plan, next } = await restored(wish());
    expect(counts).toEqual({ tables: 2, rows: 1001 });
    expect(await state()).toEqual(['pbase.things', 'pbase.things_id_seq', 'public.orders']);
    expect(plan.steps[0]?.action).toContain('NOTHING is kept aside');
    expect(next.join()).not.toContain('is kept');
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await client.end().catch(() => undefined);
  });

  it('restores again over what it has restored, and not twice for one restore', async () => {
    const { plan } = await restored(wish());
    await as(name, "UPDATE orders SET note = 'changed'", 'plain');
    await restored(wish({ plan }));
    const changed = () => server.query("SELECT FROM orders WHERE note = 'changed'", [], name);
    expect(await changed()).toHaveLength(1000);
    await restored(wish({ restoreId: '2026-03-02_10-00-00' }));
    expect(await changed()).toHaveLength(0);
  });
});

describe('a failure in place leaves everything as it was', () => {
  beforeEach(fill);

  it('when the last line of the dump is missing', async () => {
    await changeSql(folder, (sql) => sql.slice(0, sql.lastIndexOf('--\n-- PostgreSQL')));
    await unchanged(restored(wish()), /cut short/);
  });

  it('when the dump ends in the middle of its rows', async () => {
    await changeSql(folder, (sql) => sql.slice(0, sql.indexOf('500\tbacked up')));
    await unchanged(restored(wish()), /cut short/);
  });

  it('when a statement fails', async () => {
    await addSql(folder, 'SELECT 1 / 0;');
    await unchanged(restored(wish()), /division by zero/);
  });

  it('when rows are missing', async () => {
    await addSql(folder, 'DELETE FROM public.orders WHERE id < 3;');
    const restoring = restored(wish());
    await unchanged(restoring, /public\.orders has 998 rows, not 1000/);
    await expect(restoring).rejects.toThrow(PermanentError);
  });

  it('when something belongs to somebody else', async () => {
    await server.query('CREATE SCHEMA strange', [], name);
    await unchanged(restored(wish()), /must be owner of schema strange/);
  });

  it('when it is aborted', async () => {
    await addSql(folder, 'SELECT pg_sleep(30);');
    const controller = new AbortController();
    const restoring = restored(wish({ signal: controller.signal }));
    restoring.catch(() => undefined);
    while (
      (await server.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'")).length ===
      0
    );
    controller.abort(new Error('SIGTERM'));
    await expect(restoring).rejects.toThrow('SIGTERM');
    await server.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'",
    );
    expect(await server.query('SELECT note FROM orders', [], name)).toEqual([{ note: 'other' }]);
  });
});
