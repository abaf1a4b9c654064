import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';
import { askDatabase } from '../doctor/check-database.js';
import { collationCheck } from '../doctor/check-collation.js';

let locales: string;
let server: PostgresServer;
let env: Record<string, string>;
beforeAll(async () => {
  // A locale whose version PostgreSQL tells, as those of "C" have none, on machines that have no other.
  locales = await mkdtemp(join(tmpdir(), 'nocodb-backup-locales-'));
  await chmod(locales, 0o755);
  for (const name of ['C.utf8', 'de_DE.utf8'])
    await cp('/usr/lib/locale/C.utf8', join(locales, name), { recursive: true });
  process.env.LOCPATH = locales;
  server = await startPostgres();
  await server.query(`CREATE ROLE nocodb LOGIN PASSWORD 'nocodb'`);
}, 60_000);
afterAll(async () => {
  delete process.env.LOCPATH;
  await server.stop();
  await rm(locales, { recursive: true });
});

const query = (sql: string) => server.query(sql, [], 'nocodb');
const drift = (version: string, ...databases: string[]) =>
  server.query(
    `UPDATE pg_database SET datcollversion = ${version} WHERE datname IN ('${databases.join("','")}')`,
  );
const recorded = async (...databases: string[]) => {
  const rows = await server.query<{ isRight: boolean }>(
    `SELECT datcollversion IS NOT DISTINCT FROM pg_database_collation_actual_version(oid) AS "isRight"
       FROM pg_database WHERE datname IN ('${databases.join("','")}')`,
  );
  return rows.map(({ isRight }) => isRight);
};
const fixing = () => ({ ...env, INIT_COLLATION_AUTO_FIX: 'true' });
const indexes = () => query(`SELECT oid FROM pg_class WHERE relname LIKE 'items_%' ORDER BY relname`);

beforeEach(async () => {
  await server.query('DROP DATABASE IF EXISTS nocodb');
  await server.query(`CREATE DATABASE nocodb OWNER nocodb TEMPLATE template0 LOCALE 'de_DE.utf8'`);
  await query('CREATE TABLE items (id int PRIMARY KEY, title text UNIQUE)');
  await query(`INSERT INTO items VALUES (1, 'a'), (2, 'b')`);
  env = {
    DATABASE_HOST: server.host,
    DATABASE_PORT: String(server.port),
    DATABASE_USER: server.superuser,
    DATABASE_PASSWORD: server.password,
  };
});

describe('init', () => {
  it('says that all is well', async () => {
    const { code, out, err } = await ranCli({ env }, 'init', '--strict');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ok +database +database "nocodb" at .*: PostgreSQL \d/);
    expect(out).toMatch(/ok +collation +nocodb: text is ordered as when its indexes were built/);
  });

  it('tells of a changed library and changes nothing, unless it shall mend it; NocoDB starts', async () => {
    await drift(`'2.31'`, 'nocodb');
    const before = await indexes();
    const { code, out } = await ranCli({ env }, 'init');
    expect(code).toBe(0);
    expect(out).toMatch(
      /warn +collation +nocodb: its own collation \(libc\): version 2\.31 when indexes were built, 2\.\d+ now/,
    );
    expect(out).toMatch(
      /-> Indexes on text may miss rows .* INIT_COLLATION_AUTO_FIX=true nocodb-backup init/,
    );
    expect(await indexes()).toEqual(before);
    const strict = await ranCli({ env }, 'init', '--strict', '--json');
    expect(strict.code).toBe(3);
    expect(JSON.parse(strict.out)).toMatchObject({ healthy: false, checks: expect.any(Array) });
    const context = { environment: () => env } as Parameters<typeof askDatabase>[0];
    const signal = AbortSignal.timeout(10_000);
    const seen = await collationCheck(context, askDatabase(context)).find(signal);
    expect(seen).toMatchObject({ status: 'warn', text: expect.stringContaining('version 2.31') });
    expect(await recorded('nocodb')).toEqual([false]);
  });

  it.each([`'2.31'`, 'NULL'])(
    'rebuilds the indexes and then records the version, where %s was recorded, in the databases of the server, too',
    async (version) => {
      await drift(version, 'nocodb');
      await drift(`'2.31'`, 'template1', 'postgres');
      const before = await indexes();
      const { code, out, err } = await ranCli({ env: fixing() }, 'init', '--strict');
      expect(out).toMatch(
        /nocodb: 2 indexes rebuilt, and then recorded: its own collation (2\.31|unknown) -> 2/,
      );
      expect(out).toMatch(/ok +collation +template1: 0 indexes rebuilt/);
      expect(err).toMatch(/^nocodb: rebuilding its indexes/);
      expect(code).toBe(0);
      expect(await recorded('nocodb', 'template1', 'postgres')).toEqual([true, true, true]);
      for (const index of await indexes()) expect(before).not.toContainEqual(index);
    },
  );

  it('starts NocoDB although an index cannot be rebuilt, names it, and records nothing', async () => {
    await query(`CREATE FUNCTION level(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`);
    await query(`CREATE INDEX by_level ON items (level(id))`);
    await query(
      `CREATE OR REPLACE FUNCTION level(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1 / 0; END'`,
    );
    await drift(`'2.31'`, 'nocodb');
    const { code, out } = await ranCli({ env: fixing() }, 'init');
    expect(code).toBe(0);
    expect(out).toMatch(/no version was recorded:\n +nocodb: public\.by_level: division by zero/);
    expect(await recorded('nocodb')).toEqual([false]);
    expect(await query(`SELECT FROM pg_class WHERE relname LIKE '%_ccnew%'`)).toEqual([]);
  });

  it('tells a user who may not mend it what a superuser has to do, and does nothing at each start', async () => {
    await drift('NULL', 'nocodb');
    const before = await indexes();
    const user = { ...fixing(), DATABASE_USER: 'nocodb', DATABASE_PASSWORD: 'nocodb' };
    const { code, out } = await ranCli({ env: user }, 'init');
    expect(code).toBe(0);
    expect(out).toMatch(
      /DATABASE_USER may not mend it.*REINDEX DATABASE CONCURRENTLY "nocodb"; .*UPDATE pg_catalog\.pg_database SET/,
    );
    expect(await indexes()).toEqual(before);
  });

  it('looks at no collation that it shall not look at', async () => {
    await drift(`'2.31'`, 'nocodb');
    const { code, out } = await ranCli(
      { env: { ...env, INIT_COLLATION_CHECK: 'false' } },
      'init',
      '--strict',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/collation +not looked at \(INIT_COLLATION_CHECK\)/);
  });
});

describe('init without a database', () => {
  it('waits for one that comes, and gives one up that does not', async () => {
    const port = await freePort();
    const there = { ...env, DATABASE_PORT: String(port), DATABASE_NAME: 'postgres' };
    const late = ranCli({ env: there }, 'init');
    const other = await startPostgres({ port });
    try {
      expect(await late).toMatchObject({
        code: 0,
        err: expect.stringContaining('waiting for the database:'),
      });
    } finally {
      await other.stop();
    }
    const { code, err } = await ranCli({ env: { ...there, INIT_DATABASE_TIMEOUT: '1' } }, 'init');
    expect(code).toBe(1);
    expect(err).toMatch(/could not be used within 1 s \(INIT_DATABASE_TIMEOUT\): .*does not answer/);
  });

  it('lets NocoDB make it, and ends at once where the password is wrong', async () => {
    const none = await ranCli({ env: { ...env, DATABASE_NAME: 'none' } }, 'init', '--strict');
    expect(none).toMatchObject({ code: 0, out: expect.stringMatching(/there is no database "none".* yet/) });
    const wrong = await ranCli({ env: { ...env, DATABASE_PASSWORD: 'wrong' } }, 'init');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/password .* was refused/) });
  });
});
