import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { poll, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import pg from 'pg';
import type { Plan } from '../restoration.js';
import { addSql, backUp, plannedRestore, restored, type Wish } from './dump.harness.js';

const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, 'one-restore.harness.mjs');
const AGAIN = '2026-03-01_10-00-00';

jest.setTimeout(60_000);
let server: PostgresServer;
let sandbox: string;
let good: string;
let url: string;
let number = 0;
let name: string;
let plan: Plan;
const children: ChildProcess[] = [];

beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'restore-killed-'));
  // PostgreSQL may run as another user than this test.
  await chmod(sandbox, 0o755);
  good = join(sandbox, 'good');
  await mkdir(good);
  server = await startPostgres();
  const source = await server.createDatabase('source', 'noco');
  await server.query(
    "SET ROLE noco; CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT n, 'backed up' FROM generate_series(1, 1000) n",
    undefined,
    'source',
  );
  await backUp(source, good);
}, 60_000);
beforeEach(async () => {
  name = `nocodb${++number}`;
  url = await server.createDatabase(name, 'creator');
  await server.query('ALTER ROLE creator CREATEDB');
  await fill();
  plan = await plannedRestore({ url, folder: good });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await server.stop();
  await rm(sandbox, { recursive: true, force: true });
});

const fill = () =>
  server.query(
    "SET ROLE creator; CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'other')",
    undefined,
    name,
  );
const notes = async (database: string) =>
  (await server.query<{ note: string }>('SELECT DISTINCT note FROM orders ORDER BY 1', [], database)).map(
    ({ note }) => note,
  );
const databases = async () =>
  (
    await server.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname LIKE '${name}%' ORDER BY 1`,
    )
  ).map((row) => row.name);
const wish = (options: Partial<Wish> = {}): Wish => ({ url, folder: good, plan, ...options });
const slowly = async () => {
  const folder = await mkdtemp(join(sandbox, 'slow-'));
  for (const file of ['database.sql.gz', 'database.json'])
    await copyFile(join(good, file), join(folder, file));
  await addSql(folder, 'SELECT pg_sleep(600);');
  return folder;
};
/** An attempt in a process of its own. */
const attempt = (options: Wish) => {
  const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return { child, done: () => said.includes('done') };
};
const killed = async ({ child }: { child: ChildProcess }) => {
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
};
const until = (condition: () => Promise<boolean> | boolean) =>
  poll(async () => (await condition()) || undefined, AbortSignal.timeout(20_000));
const runs = (query: string) => async () =>
  (
    await server.query('SELECT FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()', [
      `${query}%`,
    ])
  ).length > 0;

describe('a restore killed', () => {
  it('while it loads begins again, and leaves nothing behind', async () => {
    const running = attempt(wish({ folder: await slowly() }));
    await until(runs('SELECT pg_sleep(600)'));
    await killed(running);
    expect(await notes(name)).toEqual(['other']);
    expect(await databases()).toEqual([name, `${name}_restore_${AGAIN}`]);
    await restored(wish());
    expect(await databases()).toEqual([name, `${name}_before_${AGAIN}`]);
    expect(await notes(name)).toEqual(['backed up']);
    expect(await runs('SELECT pg_sleep(600)')()).toBe(false);
  });

  it('and given up for another one leaves nothing behind either', async () => {
    const running = attempt(wish({ folder: await slowly() }));
    await until(runs('SELECT pg_sleep(600)'));
    await killed(running);
    await restored(wish({ restoreId: '2026-03-05_10-00-00' }));
    expect(await databases()).toEqual([name, `${name}_before_2026-03-05_10-00-00`]);
  });

  it('while it swaps leaves the old database open to all', async () => {
    const holder = new pg.Client({ connectionString: server.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query(`BEGIN; COMMENT ON DATABASE ${name} IS 'held'`);
    const running = attempt(wish({ options: { force: true } }));
    await until(runs('ALTER DATABASE'));
    await killed(running);
    await holder.query('ROLLBACK');
    await holder.end();
    expect(await notes(name)).toEqual(['other']);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
    await restored(wish({ options: { force: true } }));
    expect(await databases()).toEqual([name, `${name}_before_${AGAIN}`]);
  });

  it('between the swap and its record is not done twice', async () => {
    const running = attempt(wish());
    await until(running.done);
    await killed(running);
    await server.query("SET ROLE creator; UPDATE orders SET note = 'changed since'", undefined, name);
    const { counts } = await restored(wish());
    expect(counts).toEqual({ tables: 1, rows: 1000 });
    expect(await notes(name)).toEqual(['changed since']);
    expect(await notes(`${name}_before_${AGAIN}`)).toEqual(['other']);
  });
});

describe('two attempts at once', () => {
  it('restore once: the second waits, and finds it done', async () => {
    const both = await Promise.all([restored(wish()), restored(wish())]);
    expect(both.map(({ counts }) => counts)).toEqual(Array(2).fill({ tables: 1, rows: 1000 }));
    expect(await databases()).toEqual([name, `${name}_before_${AGAIN}`]);
    expect(await notes(`${name}_before_${AGAIN}`)).toEqual(['other']);
  });
});

describe('a server that stops in the middle of a restore', () => {
  it('is tried again, and has the old database as it was', async () => {
    const dir = join(sandbox, 'stopping');
    const first = await startPostgres({ dir });
    const to = await first.createDatabase(name, 'creator');
    await first.query('ALTER ROLE creator CREATEDB');
    await first.query(
      "SET ROLE creator; CREATE TABLE orders (id int, note text); INSERT INTO orders VALUES (1, 'other')",
      undefined,
      name,
    );
    const restoring = restored(wish({ url: to, folder: await slowly() }));
    restoring.catch(() => undefined);
    const sleeping = "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'";
    await until(async () => (await first.query(sleeping)).length > 0);
    await first.kill();
    const error: unknown = await restoring.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/did the server stop|does not answer/);
    expect(error).not.toBeInstanceOf(PermanentError);
    await first.stop();
    const second = await startPostgres({ dir, port: first.port });
    try {
      const noted = () => second.query('SELECT DISTINCT note FROM orders', [], name);
      expect(await noted()).toEqual([{ note: 'other' }]);
      await restored(wish({ url: to }));
      expect(await noted()).toEqual([{ note: 'backed up' }]);
    } finally {
      await second.stop();
    }
  });
});

describe('a database that cannot be reached', () => {
  it('because of a wrong password needs a person, and is told what to set', async () => {
    const wrong = new URL(url);
    wrong.password = 'wrong horse';
    const failed = plannedRestore(wish({ url: wrong.href }));
    await expect(failed).rejects.toThrow(PermanentError);
    await expect(failed).rejects.toThrow(/DATABASE_PASSWORD/);
    await expect(failed).rejects.not.toThrow(/wrong horse/);
  });
});
