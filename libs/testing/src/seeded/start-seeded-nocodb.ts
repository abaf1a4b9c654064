import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NocoDbServer, startNocoDb } from '../nocodb/start-nocodb.js';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.js';
import type { SeededWorkspace } from '../seed/expected.js';
import { copied } from './copied.js';
import { reachableFolder } from './reachable-folder.js';
import { seededState, workspaceFile } from './seeded-state.js';

/** What the workspace shall hold, and whom to tell what takes a while. */
export interface SeededOptions {
  /** Records of the one big table; 10,000 if not given. */
  readonly records?: number;
  /** With the three bases of `seedUglyWorkspace` behind the common ones: a state of its own. */
  readonly ugly?: boolean;
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A NocoDB with a workspace as people have them, and what must be found in a backup of it. */
export interface SeededNocoDb {
  readonly postgres: PostgresServer;
  readonly nocodb: NocoDbServer;
  readonly workspace: SeededWorkspace;
  /** Ends both servers and removes what they wrote. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts PostgreSQL and NocoDB on a fresh copy of a seeded state. The state is made once and kept in the cache folder until the seed
 * changes; from then on this takes the few seconds that NocoDB needs to start.
 */
export const startSeededNocoDb = async (options: SeededOptions = {}): Promise<SeededNocoDb> => {
  const { records = 10_000, ugly = false, say = () => undefined, signal } = options;
  const state = await seededState({ records, ugly, say, ...(signal && { signal }) });
  const dir = await reachableFolder();
  const cleanUps = [() => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    await copied(state, join(dir, 'state'));
    const { postgres, nocodb } = await startBoth(join(dir, 'state'), cleanUps, signal);
    const workspace = JSON.parse(await readFile(workspaceFile(state), 'utf8')) as SeededWorkspace;
    return { postgres, nocodb, workspace, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startBoth = async (dir: string, cleanUps: (() => Promise<void>)[], signal?: AbortSignal) => {
  const withSignal = signal && { signal };
  const postgres = await startPostgres({ dir: join(dir, 'postgres'), ...withSignal });
  cleanUps.push(postgres.stop);
  const nocodb = await startNocoDb({ postgres, dir: join(dir, 'nocodb'), ...withSignal });
  cleanUps.push(nocodb.stop);
  return { postgres, nocodb };
};
