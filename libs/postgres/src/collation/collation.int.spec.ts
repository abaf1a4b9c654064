import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { poll, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { connectionFromUrl, type PostgresConnection } from '../connection.js';
import { z } from 'zod';
import { withSession } from '../session.js';
import { collationState, type CollationState, otherDatabases } from './collation-state.js';
import type { RebuildProgress } from './rebuild-progress.js';
import { repairCollation, type RepairOptions } from './repair-collation.js';

let server: PostgresServer;
let superuser: PostgresConnection;
let owner: PostgresConnection;
let name: string;
let count = 0;
beforeAll(async () => {
  server = await startPostgres({
    settings: {
      log_statement: 'all',
      enable_seqscan: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
    },
  });
}, 60_000);
afterAll(() => server.stop());

const query = (sql: string) => server.query(sql, [], name);
const own = 'datname = current_database()';
const stateOf = (connection: PostgresConnection): Promise<CollationState> =>
  withSession(connection, {}, collationState);
const drifts = async (connection = superuser) =>
  (await stateOf(connection)).drifts.map((drift) => ({ ...drift, oid: '' }));
const repaired = (options: Partial<RepairOptions> = {}, connection = superuser) =>
  repairCollation(connection, { limitSeconds: 30, ...options });

/** Numbers are ordered as text (1, 10, 2) when rows come in, and by value (1, 2, 10) from then on, as after an update of ICU. */
const orderOfText = (locale: string) =>
  query(`UPDATE pg_collation SET colliculocale = '${locale}' WHERE collname = 'people'`);
const newLibrary = async () => {
  await orderOfText('en-u-kn');
  await query("UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'people'");
};
/** The titles that are there and that the index does not find. */
const lost = () =>
  server.query<{ n: string }>(
    'SELECT n::text FROM generate_series(1, 3000) n WHERE NOT EXISTS (SELECT FROM items WHERE title = n::text) ORDER BY n',
    [],
    name,
  );

beforeEach(async () => {
  name = `nocodb "${++count}"`;
  owner = connectionFromUrl(await server.createDatabase(name, 'nocodb'));
  superuser = { ...connectionFromUrl(server.url), database: name };
  await query("CREATE COLLATION people (provider = icu, locale = 'en')");
  await query('ALTER COLLATION people OWNER TO nocodb');
  await query('CREATE TABLE items (id int PRIMARY KEY, title text COLLATE people UNIQUE, kind text)');
  await query('ALTER TABLE items OWNER TO nocodb');
  await query('ALTER TABLE items ADD EXCLUDE USING btree (id WITH =)');
  await query("INSERT INTO items SELECT n, n::text, 'a' FROM generate_series(1, 3000) n");
  await query('ALTER TABLE items SET (autovacuum_enabled = false)');
});

describe('a database whose libraries have not changed', () => {
  it('drifts nowhere, and is not touched', async () => {
    const state = await stateOf(owner);
    expect(state).toMatchObject({ database: name, isTracked: true, drifts: [], leftovers: [] });
    const { indexes, failures, dropped } = await repaired({}, owner);
    expect({ indexes, failures, dropped }).toEqual({ indexes: 0, failures: [], dropped: [] });
  });
});

describe('a drift', () => {
  it('is seen where the version is another one, where none was recorded, and where there is none any more', async () => {
    await query("UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'people'");
    await query("UPDATE pg_collation SET collversion = NULL WHERE collname = 'de-x-icu'");
    await query(`UPDATE pg_database SET datcollversion = '2.31' WHERE ${own}`);
    const icu = { oid: '', of: 'collation', provider: 'icu', actual: expect.any(String) };
    expect(await drifts(owner)).toEqual([
      {
        ...{ oid: '', of: 'database', name, provider: 'libc', recorded: '2.31', actual: null },
        ...{ isUsed: true, mayRecord: false },
      },
      { ...icu, name: 'public.people', recorded: '1.0', isUsed: true, mayRecord: true },
      { ...icu, name: 'pg_catalog."de-x-icu"', recorded: null, isUsed: false, mayRecord: false },
    ]);
    expect((await drifts()).map(({ mayRecord }) => mayRecord)).toEqual([true, true, true]);
  });

  it('of the database itself is seen with ICU, too, and of its neighbours', async () => {
    await server.query(`CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'`);
    for (const version of ["'1.0'", 'NULL']) {
      await server.query(`UPDATE pg_database SET datcollversion = ${version} WHERE datname = 'icu'`);
      const [drift] = await drifts({ ...superuser, database: 'icu' });
      expect(drift).toMatchObject({ of: 'database', provider: 'icu', actual: expect.any(String) });
      const others = await withSession(superuser, {}, async (session) =>
        otherDatabases(session, await collationState(session)),
      );
      expect(others).toEqual({ common: ['postgres', 'template1'], drifted: expect.arrayContaining(['icu']) });
    }
    const { after, failures } = await repaired({}, { ...superuser, database: 'icu' });
    expect([after.drifts, failures]).toEqual([[], []]);
  });
});

describe('a repair', () => {
  it('rebuilds every index first, and only then records the versions, also where none was recorded', async () => {
    await newLibrary();
    await query(`UPDATE pg_database SET datcollversion = '2.31' WHERE ${own}`);
    await query("UPDATE pg_collation SET collversion = NULL WHERE collname = 'de-x-icu'");
    expect(await lost()).not.toEqual([]);
    const { indexes, failures, before, after } = await repaired();
    expect({ indexes, failures, drifts: before.drifts.length }).toEqual({
      indexes: 3,
      failures: [],
      drifts: 3,
    });
    expect(after.drifts).toEqual([]);
    expect(await lost()).toEqual([]);
    const log = await readFile(join(server.dataDir, '../postgres.log'), 'utf8');
    const said = [...log.matchAll(/statement: (REINDEX|ALTER COLLATION.*people|UPDATE pg_catalog)/g)];
    expect(said.slice(-5).map(([, words]) => words)).toEqual([
      'REINDEX',
      'REINDEX',
      'UPDATE pg_catalog',
      'ALTER COLLATION public.people',
      'UPDATE pg_catalog',
    ]);
  });

  it('by the owner records what is theirs, and leaves the indexes alone where nothing can be recorded', async () => {
    await newLibrary();
    await query("UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'de-x-icu'");
    const first = await repaired({}, owner);
    expect([first.indexes, first.failures]).toEqual([3, []]);
    expect(first.after.drifts.map((drift) => drift.name)).toEqual(['pg_catalog."de-x-icu"']);
    expect(await repaired({}, owner)).toMatchObject({ indexes: 0, failures: [] });
  });

  it('records nothing as long as one index cannot be rebuilt, and names it', async () => {
    await newLibrary();
    const [title] = await lost();
    await query(
      `INSERT INTO items VALUES (5000, '${title?.n}', 'the twin of one that the index does not find')`,
    );
    const { indexes, failures, after } = await repaired();
    expect(indexes).toBe(3);
    expect(failures).toEqual([
      { index: 'public.items_title_key', reason: expect.stringMatching(/two rows have the same value/) },
    ]);
    expect(failures[0]?.reason).not.toContain(`(${title?.n})`);
    expect(after.drifts).toHaveLength(1);
    expect(after.leftovers).toEqual([]);
  });
});

describe('somebody else at work', () => {
  const holding = (work: () => Promise<unknown>) =>
    withSession({ ...superuser }, {}, async (session) => {
      await session.rows(z.unknown(), 'BEGIN');
      await session.rows(z.unknown(), 'LOCK TABLE items IN ROW EXCLUSIVE MODE');
      return work();
    });

  it('is named, waited for only so long, and then nothing is recorded', async () => {
    await newLibrary();
    const told: RebuildProgress[] = [];
    await holding(async () => {
      const { failures, after } = await repaired({
        lockSeconds: 1,
        everyMs: 100,
        told: (one) => told.push(one),
      });
      expect(failures).toEqual([{ reason: expect.stringContaining('kept a table locked') }]);
      expect(after.drifts).toHaveLength(1);
    });
    expect(told.at(-1)).toMatchObject({
      database: name,
      indexes: 3,
      waitsFor: expect.stringMatching(/^"postgres" with "nocodb-backup" \(process \d+, in a transaction/),
    });
  });

  it('does not keep a killed repair alive, whose remains the next one removes', async () => {
    await newLibrary();
    const ending = new AbortController();
    await holding(async () => {
      const killed = repaired({
        signal: ending.signal,
        everyMs: 50,
        told: ({ waitsFor }) => {
          if (waitsFor !== undefined) ending.abort(new Error('killed'));
        },
      });
      await expect(killed).rejects.toThrow('killed');
      await expect(repaired({ lockSeconds: 0.1 })).rejects.toThrow(/another repair .* is at work/);
      await poll(async () => (await lockedBy()).length === 0, AbortSignal.timeout(15_000));
    });
    const { leftovers } = await stateOf(superuser);
    expect(leftovers).not.toEqual([]);
    const next = await repaired();
    expect(next.dropped).toEqual(leftovers);
    expect([next.failures, next.after.drifts, next.after.leftovers]).toEqual([[], [], []]);
  });

  const lockedBy = () => query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
});
