import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { ensureZstd, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import pg from 'pg';
import { RefusedError } from '../refused-error.js';
import { addSql, backUp, plannedRestore, restored, type Wish } from './dump.harness.js';

jest.setTimeout(30_000);
let server: PostgresServer;
let sandbox: string;
let good: string;
let url: string;
let number = 0;
let name: string;

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'restore-dump-'));
  good = join(sandbox, 'good');
  await mkdir(good);
  server = await startPostgres();
  const source = await server.createDatabase('source', 'noco');
  await as(
    'source',
    `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders SELECT n, 'backed up' FROM generate_series(1, 1000) n;
     CREATE SCHEMA pbase; CREATE TABLE pbase."Größe & ""Preis""" (id serial, note text);
     INSERT INTO pbase."Größe & ""Preis""" (note) VALUES (E'\\\\! touch x'), (E'a\\tb\\\\.');
     CREATE TABLE pbase.nothing (); CREATE VIEW orders_view AS SELECT * FROM orders;
     CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'; CREATE TYPE mood AS ENUM ('happy')`,
  );
  await backUp(source, good);
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(sandbox, { recursive: true, force: true });
});
beforeEach(async () => {
  name = `nocodb${++number}`;
  url = await server.createDatabase(name, 'creator');
  await server.query('ALTER ROLE creator CREATEDB');
  await as(name, OTHER, 'creator');
});

/** What is in the database before the restore. */
const OTHER = `CREATE TABLE orders (id int PRIMARY KEY, note text); INSERT INTO orders VALUES (1, 'other'), (5000, 'other');
  CREATE TABLE junk (id int); CREATE SCHEMA pother; CREATE TABLE pother.junk ()`;

const as = (database: string, sql: string, role = 'noco') =>
  server.query(`SET ROLE ${role}; ${sql}`, undefined, database);
const notes = async (database: string) =>
  (
    await server.query<{ note: string; count: number }>(
      'SELECT note, count(*)::int AS count FROM orders GROUP BY 1',
      [],
      database,
    )
  ).map(({ note, count }) => `${count} ${note}`);
const databases = async () =>
  (
    await server.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE '${name}%' ORDER BY 1`,
    )
  ).map((row) => row.name);
const kept = (id = '2026-03-01_10-00-00') => `${name}_before_${id}`;
const wish = (options: Partial<Wish> = {}): Wish => ({ url, folder: good, ...options });
const broken = async (statement: string) => {
  const folder = await mkdtemp(join(sandbox, 'broken-'));
  for (const file of ['database.sql.gz', 'database.json'])
    await copyFile(join(good, file), join(folder, file));
  await addSql(folder, statement);
  return folder;
};
const connected = async () => {
  const client = new pg.Client({ connectionString: url, application_name: 'nocodb test' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

describe('a restored dump', () => {
  it('replaces other content: deleted rows are back, what was there is gone and kept aside: D7', async () => {
    const { counts, next, plan, warnings } = await restored(wish());
    expect(counts).toEqual({ tables: 3, rows: 1002 });
    expect(warnings).toEqual([]);
    expect(await notes(name)).toEqual(['1000 backed up']);
    expect(await databases()).toEqual([name, kept()]);
    expect(await notes(kept())).toEqual(['2 other']);
    expect(await server.query("SELECT FROM pg_tables WHERE tablename = 'junk'", [], name)).toEqual([]);
    expect(plan.steps).toMatchObject([
      { key: 'new', action: expect.stringContaining(`kept as "${kept()}"`) },
    ]);
    expect(next.join('\n')).toContain(`ALTER DATABASE "${kept()}" RENAME TO "${name}"`);
    expect(next.join('\n')).toMatch(
      /restore-files 2026-02-05_05-15-00[^]*NC_CONNECTION_ENCRYPT_KEY[^]*NC_ADMIN_EMAIL/,
    );
  });

  it('belongs to whom the database belonged, who may go on with it', async () => {
    const superuser = new URL(server.url);
    superuser.pathname = `/${name}`;
    await restored(wish({ url: superuser.href }));
    await as(
      name,
      'INSERT INTO orders VALUES (7777); ALTER TABLE pbase.nothing ADD x int; CREATE SCHEMA later',
      'creator',
    );
    const [database] = await server.query(
      `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${name}'`,
    );
    expect(database).toEqual({ owner: 'creator' });
  });

  it('can be undone with the SQL that it tells', async () => {
    const { next } = await restored(wish());
    for (const [sql] of next.join('\n').matchAll(/ALTER DATABASE "[^;]*? RENAME TO "[^"]*"/g))
      await server.query(sql);
    expect(await notes(name)).toEqual(['2 other']);
  });

  it('is made where there is no database, and says so', async () => {
    await server.query(`DROP DATABASE ${name}`);
    const { plan, next } = await restored(wish());
    expect(plan.steps[0]).toMatchObject({
      action: expect.stringContaining('none of this name'),
      target: null,
    });
    expect(await databases()).toEqual([name]);
    expect(next.join('\n')).not.toContain('is kept');
  });

  it('removes an empty database of the name', async () => {
    await server.query(`DROP DATABASE ${name}`);
    await server.createDatabase(name, 'creator');
    const { plan } = await restored(wish());
    expect(plan.steps[0]?.action).toContain('the empty one of this name is removed');
    expect(await databases()).toEqual([name]);
  });

  it('goes into another database, and leaves the usual one alone', async () => {
    const into = `${name} "Ümläut" ${'ä'.repeat(21)}`;
    expect(Buffer.byteLength(into)).toBeLessThan(64);
    const first = await restored(wish({ options: { into } }));
    expect(first.target).toBe(into);
    expect(first.next.join()).toContain('Let NC_DB of NocoDB name');
    await server.query("UPDATE orders SET note = 'changed'", [], into);
    await restored(wish({ options: { into }, restoreId: '2026-03-02_10-00-00' }));
    expect(await notes(into)).toEqual(['1000 backed up']);
    const aside = (await databases()).find((database) => database.includes('_before_'));
    expect(Buffer.byteLength(aside ?? '')).toBeLessThanOrEqual(63);
    expect(await notes(aside ?? '')).toEqual(['1000 changed']);
    expect(await notes(name)).toEqual(['2 other']);
  });

  it('keeps nothing aside if that is wanted', async () => {
    await restored(wish({ options: { dropOld: true } }));
    expect(await databases()).toEqual([name]);
  });

  it('removes what an earlier restore had kept, and nothing that only looks like it', async () => {
    await restored(wish());
    const mark = { by: 'nocodb-backup', is: 'kept', of: name, backup: 'b' };
    const lookalikes = {
      [kept('2026-01-01_00-00-00')]: undefined,
      [kept('2026-01-02_00-00-00')]: { ...mark, of: 'other', restore: '2026-01-02_00-00-00' },
      [kept('2026-01-03_00-00-00')]: { ...mark, is: 'restored', restore: '2026-01-03_00-00-00' },
      [kept('2026-04-01_10-00-00')]: { ...mark, restore: '2026-04-01_10-00-00' },
      [kept('upgrade')]: { ...mark, restore: 'upgrade' },
      [`${name}_mine`]: { ...mark, restore: '2026-01-04_00-00-00' },
    };
    for (const [lookalike, comment] of Object.entries(lookalikes)) {
      await server.createDatabase(lookalike, 'creator');
      if (comment) await server.query(`COMMENT ON DATABASE "${lookalike}" IS '${JSON.stringify(comment)}'`);
    }
    await restored(wish({ restoreId: '2026-03-02_10-00-00' }));
    expect(await databases()).toEqual([name, kept('2026-03-02_10-00-00'), ...Object.keys(lookalikes)].sort());
    expect(await notes(kept('2026-03-02_10-00-00'))).toEqual(['1000 backed up']);
  });

  it('of the old tool comes back, and says that nothing could be compared', async () => {
    const folder = await broken('');
    await rm(join(folder, 'database.json'));
    const { counts, plan } = await restored(wish({ folder }));
    expect(counts).toEqual({ tables: 3, rows: 1002 });
    expect(plan.warnings.join()).toMatch(/cannot be compared/);
  });

  it('tells that NocoDB needs its key, and whether the one set here is it', async () => {
    const folder = await broken(
      "CREATE TABLE public.nc_sources_v2 (config text); INSERT INTO public.nc_sources_v2 VALUES ('U2FsdGVkX18AAAAA');",
    );
    await rm(join(folder, 'database.json'));
    const { warnings } = await restored(wish({ folder }));
    expect(warnings.join()).toContain('this NocoDB was run with NC_CONNECTION_ENCRYPT_KEY');
    const other = await restored(
      wish({ folder, restoreId: '2026-03-02_10-00-00', env: { NC_CONNECTION_ENCRYPT_KEY: 'wrong' } }),
    );
    expect(other.warnings.join()).toContain('does NOT open');
  });
});

describe('a database in use', () => {
  it('is refused, with who uses it', async () => {
    const client = await connected();
    const refused = plannedRestore(wish());
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(
      /1 connection of "creator" \(nocodb test\) from 127\.0\.0\.1.*--force/,
    );
    await client.end();
  });

  it('is refused, too, when somebody comes in between, and left as it was', async () => {
    const plan = await plannedRestore(wish());
    const client = await connected();
    await expect(restored(wish({ plan }))).rejects.toThrow(RefusedError);
    await client.end();
    const [folder, late] = [await broken('SELECT pg_sleep(1);'), connected];
    const restoring = restored(wish({ plan, folder }));
    restoring.catch(() => undefined);
    await untilSleeping();
    const second = await late();
    await expect(restoring).rejects.toThrow(/is in use/);
    await second.end();
    expect(await notes(name)).toEqual(['2 other']);
    expect(await databases()).toEqual([name]);
  });

  it('by somebody who is mightier stays as it is, and a person is told what to do', async () => {
    const mighty = new pg.Client({ connectionString: server.url.replace(/\/postgres$/, `/${name}`) });
    await mighty.connect();
    const refused = plannedRestore(wish({ options: { force: true } }));
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(/1 connection of "postgres".*"creator" may not disconnect them/);
    await mighty.end();
  });

  it('by such a one who comes in between stays as it is, too', async () => {
    const folder = await broken('SELECT pg_sleep(1);');
    const restoring = restored(wish({ folder, options: { force: true } }));
    restoring.catch(() => undefined);
    await untilSleeping();
    const mighty = new pg.Client({ connectionString: server.url.replace(/\/postgres$/, `/${name}`) });
    await mighty.connect();
    await expect(restoring).rejects.toThrow(/may not disconnect.*superuser.*pg_signal_backend/);
    await expect(restoring).rejects.toThrow(PermanentError);
    await mighty.end();
    expect(await notes(name)).toEqual(['2 other']);
    expect(await databases()).toEqual([name]);
  });

  it('is taken from those who come back at once, if that is wanted', async () => {
    let isOver = false;
    let visits = 0;
    const guests = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const client = await connected().catch(() => undefined);
        await client?.query('SELECT pg_sleep(0.05)').then(
          () => visits++,
          () => undefined,
        );
        await client?.end().catch(() => undefined);
      }
    });
    const { plan } = await restored(wish({ options: { force: true } }));
    const during = visits;
    isOver = true;
    await Promise.all(guests);
    expect(during).toBeGreaterThan(0);
    expect(plan.warnings.join()).toMatch(/will be disconnected/);
    expect(await notes(name)).toEqual(['1000 backed up']);
    expect(await notes(kept())).toEqual(['2 other']);
  });
});

const untilSleeping = async () => {
  while (
    (await server.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(1)%'")).length === 0
  );
};

describe('a failure leaves the old database as it was and no new one', () => {
  const failing = async (folder: string, message: RegExp) => {
    const failed = restored(wish({ folder }));
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(PermanentError);
    expect(await notes(name)).toEqual(['2 other']);
    expect(await databases()).toEqual([name]);
  };

  it('when a statement fails', async () =>
    failing(
      await broken('INSERT INTO public.nowhere VALUES (1);'),
      /psql stopped at: ERROR: +relation "public.nowhere"/,
    ));

  it('when rows are missing, or too many', async () => {
    await failing(
      await broken('DELETE FROM public.orders WHERE id = 1;'),
      /public\.orders has 999 rows, not 1000/,
    );
    await failing(await broken('CREATE TABLE public.more ();'), /public\.more is not in the backup/);
  });

  it('when the stored bytes are cut short or damaged', async () => {
    const folder = await broken('');
    const path = join(folder, 'database.sql.gz');
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 20));
    await failing(folder, /database\.sql\.gz of backup 2026-02-05_05-15-00 is damaged or cut short.*verify/);
    await writeFile(path, whole.with(whole.length >> 1, (whole[whole.length >> 1] ?? 0) ^ 64));
    await failing(folder, /is damaged|psql stopped|no dump|has \d+ rows/);
  });

  it('when it is not as much SQL as was dumped, whatever decoders say', async () => {
    const refused = restored(wish({ sqlBytes: 2 ** 33 }));
    await expect(refused).rejects.toThrow(/holds \d+ bytes of SQL where the manifest says 8589934592/);
    expect(await notes(name)).toEqual(['2 other']);
  });

  it('when the file is none of pg_dump', async () => {
    const folder = await broken('');
    await writeFile(join(folder, 'database.sql.gz'), gzipSync('DROP TABLE orders;'));
    await failing(folder, /no dump that pg_dump made/);
  });
});

describe('a dump that zstd packed', () => {
  it('is restored like any other', async () => {
    const folder = await mkdtemp(join(sandbox, 'zstd-'));
    await copyFile(join(good, 'database.json'), join(folder, 'database.json'));
    const script = 'PATH="$PATH:$2"; gunzip -c "$0/database.sql.gz" | zstd -q -c > "$1/database.sql.zst"';
    const zstd = await ensureZstd();
    execFileSync('bash', ['-c', script, good, folder, zstd]);
    process.env.PATH = `${process.env.PATH ?? ''}:${zstd}`;
    const sqlBytes = gunzipSync(await readFile(join(good, 'database.sql.gz'))).length;
    await restored(wish({ folder, sqlBytes }));
    expect(await notes(name)).toEqual(['1000 backed up']);
  });
});

describe('a backup without a whole dump', () => {
  it('is refused, with what to do instead', async () => {
    const refused = plannedRestore(wish({ folder: sandbox }));
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toThrow(/no whole dump.*another backup.*restore-schema/);
  });
});
