// A real PostgreSQL and NocoDB with much data. What is in them is made once and kept in the cache folder; every run gets a copy.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, nocodbVersion, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import { fillDatabase } from './fill-database.mjs';
import { fillTable } from './fill-table.mjs';

const run = promisify(execFile);
const database = 'nocodb';

/** Both servers with the data of this size, and what a run must know of them. */
export const startSource = async (size, { say, signal, cleanUps }) => {
  const state = await cachedState(size, { say, signal });
  const dir = await reachableFolder(cleanUps);
  say('copying the prepared data');
  await run('cp', ['-a', '--reflink=auto', state, join(dir, 'state')], { signal });
  const { postgres, nocodb } = await startServers(join(dir, 'state'), { signal, cleanUps });
  const [{ bytes }] = await postgres.query(`select pg_database_size('${database}')::float8 as bytes`);
  return { postgres, nocodb, token: await nocodb.createToken('bench'), database, bytes };
};

const startServers = async (dir, { signal, cleanUps, settings = {} }) => {
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), settings, signal });
  cleanUps.push(postgres.stop);
  const nocodb = await startNocoDb({ postgres, database, dir: join(dir, 'nocodb'), signal });
  cleanUps.push(nocodb.stop);
  return { postgres, nocodb };
};

/** PostgreSQL runs as a user of its own when we are root, and must be able to enter. */
const reachableFolder = async (cleanUps) => {
  const dir = await mkdtemp(join(tmpdir(), 'nocodb-backup-bench-'));
  cleanUps.push(() => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  await chmod(dir, 0o755);
  return dir;
};

const cachedState = async (size, options) => {
  const state = join(cacheFolder(), `footprint-${await digestOf(size)}`);
  if (existsSync(state)) return state;
  await mkdir(cacheFolder(), { recursive: true });
  const cleanUps = [];
  try {
    const dir = join(await reachableFolder(cleanUps), 'state');
    await mkdir(dir);
    await make(dir, size, options);
    await run('cp', ['-a', dir, `${state}.unfinished`]);
    await run('mv', [`${state}.unfinished`, state]);
  } finally {
    await rm(`${state}.unfinished`, { recursive: true, force: true });
    for (const cleanUp of cleanUps) await cleanUp();
  }
  return state;
};

const make = async (dir, { bytes, records }, { say, signal }) => {
  const cleanUps = [];
  // Little of the write-ahead log is kept: it would be copied for every run.
  const settings = { max_wal_size: '128MB', min_wal_size: '64MB', autovacuum: 'off' };
  try {
    const { postgres, nocodb } = await startServers(dir, { signal, cleanUps, settings });
    await fillTable(nocodb, records, { say, signal });
    const query = (sql) => postgres.query(sql, [], database);
    await fillDatabase(query, bytes, { say, signal });
    say('vacuuming');
    await query('vacuum analyze');
    await query('checkpoint');
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
};

/** Another size, another generator or another server is another state. */
const digestOf = async (size) => {
  const hash = createHash('sha256').update(JSON.stringify([size, nocodbVersion]));
  hash.update((await run('pg_config', ['--version']).catch(() => ({ stdout: '' }))).stdout);
  for (const name of ['fill-database.mjs', 'fill-table.mjs'])
    hash.update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 12);
};
