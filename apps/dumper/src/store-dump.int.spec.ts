import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findPacker } from '@nocodb-backup/compression';
import { connectionFromUrl, type DatabaseContents } from '@nocodb-backup/postgres';
import { ensureIgzip, ensureZstd, poll, type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { storeDump } from './store-dump.js';

const ID = '2026-02-05_05-15-00';
let server: PostgresServer;
let url: string;
let root: string;
beforeAll(async () => {
  process.env.PATH = [await ensureIgzip(), await ensureZstd(), process.env.PATH].join(':');
  server = await startPostgres();
  url = await server.createDatabase('nocodb', 'noco');
  await server.query(
    `SET ROLE noco; CREATE TABLE big (id int, filler text);
     INSERT INTO big SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, 20000) n`,
    undefined,
    'nocodb',
  );
}, 60_000);
afterAll(() => server.stop());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'store-dump-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const staging = () => new DirectoryVault(root).stage(ID, 'a1');
const staged = (path: string) => join(root, '.staging', ID, 'a1', path);
const store = (signal = new AbortController().signal, progress: () => void = () => undefined) =>
  storeDump(
    { connection: connectionFromUrl(url), timeoutSeconds: 60, compression: 'gzip' },
    { staging: staging(), signal, progress },
  );
/** `node` is what there is where PATH leads nowhere. */
const packerOf = async (kind: 'gzip' | 'zstd' | 'node') => {
  const before = process.env.PATH;
  if (kind === 'node') process.env.PATH = '/nonexistent';
  try {
    return await findPacker(kind === 'zstd' ? 'zstd' : 'gzip');
  } finally {
    process.env.PATH = before;
  }
};
const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory());
/** The processes that dump from this server. */
const dumpers = () =>
  server.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name = 'pg_dump'");
const untilNoDumper = () => poll(async () => (await dumpers()).length === 0, AbortSignal.timeout(10_000));
/** Keeps pg_dump waiting for a table, so that a test can meet it at work. */
const locked = async (work: () => Promise<void>) => {
  const sql = 'BEGIN; LOCK TABLE big IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(30)';
  const blocking = server.query(sql, undefined, 'nocodb').catch(() => undefined);
  try {
    await poll(async () => (await dumpers()).length === 0 && (await isLocked()), AbortSignal.timeout(10_000));
    await work();
  } finally {
    await server
      .query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'")
      .catch(() => undefined);
    await blocking;
  }
};
const isLocked = async () =>
  (
    await server.query(
      "SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation IS NOT NULL",
    )
  ).length > 0;

describe('a stored dump', () => {
  it('restores with gunzip and psql, and has the rows that database.json says', async () => {
    const { artifacts, sqlBytes } = await store();
    expect(artifacts.map(({ path }) => path)).toEqual(['database.sql.gz', 'database.json']);
    const target = await server.createDatabase('restored', 'noco');
    const restore = 'gunzip -c "$0" | tee >(wc -c >&2) | psql -q -v ON_ERROR_STOP=1 "$1"';
    const { stderr } = await promisify(execFile)('bash', [
      '-o',
      'pipefail',
      '-c',
      restore,
      staged('database.sql.gz'),
      target,
    ]);
    expect(Number(stderr)).toBe(sqlBytes);
    const [counted] = await server.query<{ rows: string }>(
      'SELECT count(*) AS rows FROM big',
      [],
      'restored',
    );
    const json = JSON.parse(await readFile(staged('database.json'), 'utf8')) as DatabaseContents;
    expect(json).toMatchObject({
      format: 'nocodb-backup-database',
      tables: [{ schema: 'public', name: 'big', rows: Number(counted?.rows) }],
      schemas: ['public'],
    });
    expect(json.extensions.map(({ name }) => name)).toEqual(['plpgsql']);
  });

  it.each(['gzip', 'zstd', 'node'] as const)(
    'holds what psql restores, packed with %s, and the true length of its SQL',
    async (kind) => {
      const packer = await packerOf(kind);
      const source = {
        connection: connectionFromUrl(url),
        timeoutSeconds: 60,
        compression: 'gzip',
        packer,
      } as const;
      const place = { staging: staging(), signal: new AbortController().signal, progress: () => undefined };
      const { artifacts, sqlBytes, codec } = await storeDump(source, place);
      expect(codec).toBe(kind === 'gzip' ? 'igzip' : kind);
      const path = `database.sql.${kind === 'zstd' ? 'zst' : 'gz'}`;
      expect(artifacts[0]?.path).toBe(path);
      const unpack = kind === 'zstd' ? 'zstd -dc' : 'gunzip -c';
      const { stdout } = await promisify(execFile)('bash', [
        '-c',
        `${unpack} "$0" | tail -n 8`,
        staged(path),
      ]);
      expect(stdout).toContain('-- PostgreSQL database dump complete');
      const { stdout: length } = await promisify(execFile)('bash', [
        '-c',
        `${unpack} "$0" | wc -c`,
        staged(path),
      ]);
      expect(Number(length)).toBe(sqlBytes);
    },
  );

  it('does not exist when the server dies in the middle', async () => {
    const other = await startPostgres();
    try {
      const connection = connectionFromUrl(other.url);
      await other.query(
        `CREATE TABLE big AS SELECT string_agg(md5((n * 100 + k)::text), '')
         FROM generate_series(1, 20000) n, generate_series(1, 100) k GROUP BY n`,
      );
      const unlucky = staging();
      const dying = storeDump(
        { connection, timeoutSeconds: 60, compression: 'gzip' },
        {
          staging: {
            ...unlucky,
            store: async (path, source, signal) => {
              const chunks = (async function* () {
                for await (const chunk of source) {
                  await other.kill();
                  yield chunk;
                }
              })();
              return unlucky.store(path, chunks, signal);
            },
          },
          signal: new AbortController().signal,
          progress: () => undefined,
        },
      );
      await expect(dying).rejects.toThrow(/did the server stop|does not answer/);
      expect(await filesIn(root)).toEqual([]);
    } finally {
      await other.stop();
    }
  }, 60_000);

  it('does not exist after an abort, and pg_dump is gone: D11', async () => {
    await locked(async () => {
      const controller = new AbortController();
      const storing = store(controller.signal);
      storing.catch(() => undefined);
      await poll(async () => (await dumpers()).length > 0, AbortSignal.timeout(10_000));
      controller.abort(new Error('SIGTERM'));
      await expect(storing).rejects.toThrow('SIGTERM');
      expect(await filesIn(root)).toEqual([]);
    });
    await untilNoDumper();
  }, 30_000);

  it('does not exist when it cannot be written, and pg_dump is gone', async () => {
    await staging().store('database.sql.gz', empty());
    await expect(store()).rejects.toThrow(/never overwrites/);
    await untilNoDumper();
  });

  it('does not exist when it took too long', async () => {
    await locked(async () => {
      const source = {
        connection: connectionFromUrl(url),
        timeoutSeconds: 1,
        compression: 'gzip',
      } as const;
      const place = { staging: staging(), signal: new AbortController().signal, progress: () => undefined };
      await expect(storeDump(source, place)).rejects.toThrow(/NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT|timeout/);
      expect(await filesIn(root)).toEqual([]);
    });
  }, 30_000);
});

async function* empty(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.alloc(0));
}

describe('memory', () => {
  it.each(['gzip', 'zstd'] as const)(
    'does not grow with the size of what is packed with %s: D15',
    async (format) => {
      const inUse = () => process.memoryUsage().arrayBuffers;
      const start = inUse();
      let peak = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        for (let n = 0; n < 2400; n++) {
          peak = Math.max(peak, inUse() - start);
          yield await Promise.resolve(randomBytes(65_536));
        }
      }
      const { signal } = new AbortController();
      const packer = await findPacker(format);
      await staging().store('database.sql.x', packer.of(source(), signal).content, signal);
      expect(peak).toBeLessThan(80_000_000);
    },
    30_000,
  );
});
