import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNocoDb } from '../nocodb/start-nocodb.js';
import { startPostgres } from '../postgres/start-postgres.js';
import { cacheFolder } from '../process/cache-folder.js';
import { withLock } from '../process/with-lock.js';
import { seedWorkspace } from '../seed/seed-workspace.js';
import { seedUglyWorkspace } from '../seed/ugly-workspace.js';
import { copied } from './copied.js';
import { reachableFolder } from './reachable-folder.js';
import { seedDigest } from './seed-digest.js';

const prefix = 'seeded-';
const keptMs = 7 * 24 * 3_600_000;

/** The file with what was seeded, in the folder of a seeded state. */
export const workspaceFile = (state: string) => join(state, 'workspace.json');

interface StateOptions {
  readonly records: number;
  /** With the bases of the ugly workspace behind the common ones. */
  readonly ugly: boolean;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The cached folder with the data of a PostgreSQL and a NocoDB after the seed; made first if there is none for this seed. */
export const seededState = async (options: StateOptions) => {
  const cache = cacheFolder();
  const state = join(cache, `${prefix}${await seedDigest(options)}`);
  if (existsSync(state)) return state;
  await mkdir(cache, { recursive: true });
  const limit = AbortSignal.any([AbortSignal.timeout(900_000), ...(options.signal ? [options.signal] : [])]);
  await withLock(join(cache, 'seeded.lock'), limit, async () => {
    if (existsSync(state)) return;
    await removeOld(cache);
    await make(state, options);
  });
  return state;
};

const make = async (state: string, options: StateOptions) => {
  const dir = await reachableFolder();
  const unfinished = `${state}.unfinished`;
  try {
    await seed(dir, options);
    await rm(unfinished, { recursive: true, force: true });
    await copied(dir, unfinished);
    await rename(unfinished, state);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
};

const seed = async (dir: string, options: StateOptions) => {
  options.say('starting PostgreSQL and NocoDB to seed a workspace (once) ...');
  const withSignal = options.signal && { signal: options.signal };
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), ...withSignal });
  try {
    const nocodb = await startNocoDb({ postgres, dir: join(dir, 'nocodb'), ...withSignal });
    try {
      const { bases } = await seedWorkspace(nocodb, options);
      const more = options.ugly ? (await seedUglyWorkspace(nocodb, options)).bases : [];
      await writeFile(workspaceFile(dir), JSON.stringify({ bases: [...bases, ...more] }));
    } finally {
      await nocodb.stop();
    }
  } finally {
    await postgres.stop();
  }
};

const removeOld = async (cache: string) => {
  for (const name of (await readdir(cache)).filter(
    (entry) => entry.startsWith(prefix) && !entry.endsWith('.lock'),
  )) {
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > keptMs) await rm(join(cache, name), { recursive: true, force: true });
  }
};
