import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError, VerificationRequested, Verified } from '@nocodb-backup/events';
import { connect, EventLog } from '@nocodb-backup/messaging';
import { createLog, NestLog, startService } from '@nocodb-backup/service';
import { poll, type PostgresServer, startNats, startPostgres } from '@nocodb-backup/testing';
import { restorer } from '../service.js';
import { drilled, sealDump, type Wish } from './drill.harness.js';
import { ID, Sandbox } from './verification.harness.js';

const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, 'one-drill.harness.mjs');
const END = '--\n-- PostgreSQL database dump complete';

jest.setTimeout(60_000);
let server: PostgresServer;
let source: string;
/** The URL of a role that may make databases. */
let url: string;
let sandbox: Sandbox;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startPostgres();
  source = await server.createDatabase('source', 'noco');
  await server.query(
    "SET ROLE noco; CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT n, 'x' FROM generate_series(1, 1000) n; CREATE TABLE empty (id int)",
    undefined,
    'source',
  );
  url = await server.createDatabase('mine', 'creator');
  await server.query('ALTER ROLE creator CREATEDB');
}, 60_000);
beforeEach(async () => {
  sandbox = await Sandbox.make();
  await chmod(sandbox.root, 0o755);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sandbox.remove();
});
afterAll(() => server.stop());

const wish = (over: Partial<Wish> = {}): Wish => ({ root: sandbox.root, url, ...over });
const scratches = async () =>
  (
    await server.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE datname LIKE '%drill%' ORDER BY 1",
    )
  ).map(({ name }) => name);
const sleeps = async () =>
  (await server.query("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'")).length > 0;
const until = (condition: () => Promise<boolean>) =>
  poll(async () => (await condition()) || undefined, AbortSignal.timeout(20_000));
const slowly = (sql: string) => sql.replace(END, `SELECT pg_sleep(600);\n${END}`);
const attempt = (options: Wish) => {
  const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  return child;
};
const killed = async (child: ChildProcess) => {
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
};

describe('a drill', () => {
  it('restores the dump, counts the rows of every table, and leaves nothing behind', async () => {
    await sealDump(sandbox, source);
    expect(await drilled(wish())).toMatchObject({
      destinations: ['local'],
      files: 2,
      tables: 2,
      rows: 1000,
      findings: [],
    });
    expect(await scratches()).toEqual([]);
  });

  it('finds rows that are not those that were dumped', async () => {
    await sealDump(sandbox, source, { counts: (json) => json.replace('1000', '1001') });
    expect((await drilled(wish())).findings).toEqual([
      'restored on trial, public.orders has 1000 rows, not 1001',
    ]);
    expect(await scratches()).toEqual([]);
  });

  it('finds a dump that is cut short, or that PostgreSQL does not take', async () => {
    await sealDump(sandbox, source, { sql: (sql) => sql.slice(0, sql.indexOf(END)) });
    expect((await drilled(wish())).findings).toEqual([expect.stringMatching(/cut short/)]);
    const id = '2026-02-06_05-15-00';
    await sealDump(sandbox, source, { id, sql: (sql) => sql.replace('CREATE TABLE', 'CREATE TABEL') });
    expect((await drilled(wish({ id }))).findings).toEqual([
      expect.stringMatching(/did not take the dump.*syntax error/s),
    ]);
    expect(await scratches()).toEqual([]);
  });

  it('finds changed bytes before anything is restored', async () => {
    await sealDump(sandbox, source);
    await sandbox.flip('database.sql.gz');
    expect((await drilled(wish())).findings).toEqual([
      expect.stringMatching(/^database\.sql\.gz: its bytes have changed/),
    ]);
  });

  it('proves of a backup of the older tool that its dump can be restored, and says that this is all', async () => {
    await sealDump(sandbox, source);
    const id = '2026-01-01_00-00-00';
    await mkdir(sandbox.place('', id));
    const sql = await readFile(sandbox.place('database.sql.gz'));
    await writeFile(sandbox.place('database.sql.gz', id), sql);
    expect(await drilled(wish({ id }))).toMatchObject({
      findings: [],
      rows: 1000,
      warnings: expect.arrayContaining([expect.stringMatching(/does not tell how many rows/)]),
    });
    await rm(sandbox.place('database.sql.gz', id));
    const nothing = gzipSync(
      '--\n-- PostgreSQL database dump\n--\n\n--\n-- PostgreSQL database dump complete\n--\n\n',
    );
    await writeFile(sandbox.place('database.sql.gz', id), nothing);
    expect((await drilled(wish({ id }))).findings).toEqual(['restored on trial, the dump made no table']);
  });
});

describe('a drill that cannot take place', () => {
  const refusal = (over: Partial<Wish> = {}) =>
    drilled(wish(over)).then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('says so, and what to do, where the role may not make databases', async () => {
    await sealDump(sandbox, source);
    const error = await refusal({ url: await server.createDatabase('poor', 'poor') });
    expect(error).toBeInstanceOf(PermanentError);
    expect(error?.message).toMatch(/ALTER ROLE "poor" CREATEDB; or name another server: NOCODB_BACKUP_DRILL/);
  });

  it('says nothing of the backup where the server lacks something, or the dump is not there', async () => {
    await sealDump(sandbox, source, {
      sql: (sql) => sql.replace('CREATE TABLE', 'CREATE EXTENSION nope; CREATE TABLE'),
    });
    expect((await refusal())?.message).toMatch(/extension "nope" is not available/);
    expect(await scratches()).toEqual([]);
    const id = '2026-02-06_05-15-00';
    await sandbox.seal({ id, files: { 'database.sql.gz': null, 'database.json': null } });
    const error = await refusal({ id });
    expect(error).toBeInstanceOf(PermanentError);
    expect(error?.message).toMatch(/holds no whole dump/);
  });

  it('may be tried again where the server does not answer', async () => {
    await sealDump(sandbox, source);
    const error = await refusal({ url: 'postgres://creator:creator@127.0.0.1:9/mine' });
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(error?.message).toMatch(/does not answer/);
  });

  it('leaves a database alone that no drill has made', async () => {
    await sealDump(sandbox, source);
    const name = 'nocodb_backup_drill_2026-11-22_05-15-00';
    await server.createDatabase(name, 'creator');
    await server.query('CREATE TABLE precious (id int)', undefined, name);
    expect((await refusal())?.message).toMatch(/that no drill has made/);
    expect(await scratches()).toEqual([name]);
    await server.query(`DROP DATABASE "${name}"`);
  });
});

describe('a drill that is ended in the middle', () => {
  it('by an abort leaves nothing behind', async () => {
    await sealDump(sandbox, source, { sql: slowly });
    const ending = new AbortController();
    const running = drilled(wish({ signal: ending.signal }));
    await until(sleeps);
    ending.abort(new Error('shut down'));
    await expect(running).rejects.toThrow('shut down');
    expect(await scratches()).toEqual([]);
  });

  it('by kill -9 leaves nothing behind once another one, or the same, has run', async () => {
    await sealDump(sandbox, source, { sql: slowly });
    const id = '2026-02-06_05-15-00';
    await sealDump(sandbox, source, { id });
    for (const n of ['2026-11-22_05-15-00', '2026-11-29_05-15-00']) {
      const running = attempt(wish());
      await until(sleeps);
      await killed(running);
      expect(await scratches()).toEqual(['nocodb_backup_drill_2026-11-22_05-15-00']);
      expect(await drilled(wish({ id, n }))).toMatchObject({ findings: [], rows: 1000 });
      expect(await scratches()).toEqual([]);
    }
  });

  it('is not disturbed by another one while it goes on', async () => {
    await sealDump(sandbox, source, { sql: slowly });
    const id = '2026-02-06_05-15-00';
    await sealDump(sandbox, source, { id });
    const running = attempt(wish());
    await until(sleeps);
    expect(await drilled(wish({ id, n: '2026-11-29_05-15-00' }))).toMatchObject({ findings: [] });
    expect(await scratches()).toEqual(['nocodb_backup_drill_2026-11-22_05-15-00']);
    await killed(running);
    await drilled(wish({ id, n: '2026-11-29_05-15-00' }));
    expect(await scratches()).toEqual([]);
  });
});

describe('the verifier', () => {
  it('drills on the server of NOCODB_BACKUP_DRILL_DATABASE_URL, and records it', async () => {
    await sealDump(sandbox, source);
    const nats = await startNats();
    const connection = await connect({ servers: nats.url, name: 'spec' });
    const env = {
      NATS_URL: nats.url,
      NOCODB_BACKUP_DIR: sandbox.root,
      DATABASE_HOST: 'nowhere.invalid',
      NOCODB_BACKUP_DRILL_DATABASE_URL: url,
    };
    const service = await startService(restorer, {
      env,
      logger: new NestLog(createLog('restorer', 'fatal')),
    });
    try {
      const log = new EventLog(connection, 'spec');
      const about = {
        backupId: ID,
        n: '2026-11-22_05-15-00',
        kind: 'drill' as const,
        sample: 'full' as const,
      };
      await log.append(VerificationRequested({ ...about, requestedBy: 'spec', trigger: 'manual' }));
      const fact = await poll(() => log.last(Verified.subjectFor(about)), AbortSignal.timeout(20_000));
      expect(fact.data).toMatchObject({ ...about, tables: 2, rows: 1000, destinations: ['local'] });
    } finally {
      await service.stop();
      await connection.close();
      await nats.stop();
    }
  });
});
