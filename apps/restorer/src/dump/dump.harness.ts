import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RestoreRequested } from '@nocodb-backup/events';
import { connectionFromUrl, dumpDatabase, findClient, withSnapshot } from '@nocodb-backup/postgres';
import type { StoredBackup } from '@nocodb-backup/vault';
import { RestorerConfig } from '../config.js';
import type { Plan, PlannedWork, StepOutcome } from '../restoration.js';
import { RestoreDump } from './restore-dump.js';

const SQL = 'database.sql.gz';
const ZSTD_SQL = 'database.sql.zst';
const JSON_FILE = 'database.json';

/** Dumps the database into the folder, as the dumper does. */
export const backUp = async (url: string, folder: string): Promise<void> => {
  const connection = connectionFromUrl(url);
  const client = await findClient('pg_dump', 15);
  await withSnapshot(connection, {}, async (snapshot) => {
    const { content: sql } = dumpDatabase(connection, { client, snapshot: snapshot.id, timeoutSeconds: 60 });
    await writeFile(join(folder, SQL), gzipSync(await buffer(sql)));
    await writeFile(join(folder, JSON_FILE), JSON.stringify(await snapshot.contents()));
  });
};

/** Changes the stored SQL. */
export const changeSql = async (folder: string, change: (sql: string) => string): Promise<void> => {
  const path = join(folder, SQL);
  await writeFile(path, gzipSync(change(gunzipSync(await readFile(path)).toString('utf8'))));
};

/** Adds a statement to the end of the stored SQL, before its last line. */
export const addSql = (folder: string, statement: string): Promise<void> =>
  changeSql(folder, (sql) => sql.replace('--\n-- PostgreSQL database dump complete', `${statement}\n$&`));

/** The backup in the folder: of the old tool where it has no `database.json`. */
export const storedBackup = (folder: string, sqlBytes = sqlBytesIn(folder)): StoredBackup => {
  const names = [SQL, ZSTD_SQL, JSON_FILE].filter((name) => existsSync(join(folder, name)));
  const artifacts = names.map((path) => ({
    path,
    part: 'dump' as const,
    bytes: readFileSync(join(folder, path)).length,
    sha256: '',
  }));
  const { server } = names.includes(JSON_FILE)
    ? (JSON.parse(readFileSync(join(folder, JSON_FILE), 'utf8')) as {
        server: { version: string; collation: object };
      })
    : {};
  const parts = { dump: { status: 'complete', sqlBytes }, files: { status: 'complete' } };
  const postgres = server
    ? { serverVersion: server.version, clientVersion: '15', collation: server.collation }
    : null;
  const manifest = { artifacts, parts, postgres } as unknown as StoredBackup['manifest'];
  return {
    id: '2026-02-05_05-15-00',
    format: '2.0',
    manifest,
    bases: [],
    open: (path) => Promise.resolve(createReadStream(join(folder, path))),
    verify: () => Promise.resolve(),
  };
};

/** How much SQL lies there, as the dumper would have told; nothing where it is damaged or of another kind. */
const sqlBytesIn = (folder: string): number => {
  try {
    return gunzipSync(readFileSync(join(folder, SQL))).length;
  } catch {
    return 0;
  }
};

/** What a test chooses about a restore. */
export interface Wish {
  readonly url: string;
  readonly folder: string;
  readonly restoreId?: string;
  readonly options?: Partial<RestoreRequested['data']['options']>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What the manifest says; the truth, if not given. */
  readonly sqlBytes?: number;
  /** Of an earlier attempt. */
  readonly plan?: Plan;
}

export interface Outcome extends StepOutcome {
  readonly plan: Plan;
  readonly next: readonly string[];
}

/** One attempt at a restore, as the restorer does it, without an event log. */
export const restored = async (wish: Wish): Promise<Outcome> => {
  const { restoration, work } = prepared(wish);
  const plan = wish.plan ?? (await restoration.plan(work));
  const planned: PlannedWork = { ...work, plan, done: new Map() };
  const [step] = plan.steps;
  if (!step) throw new Error('nothing is planned');
  const outcome = await restoration.perform(step, planned);
  const { next } = await restoration.conclude(planned);
  return { ...outcome, plan, next };
};

/** What would be done. */
export const plannedRestore = (wish: Wish): Promise<Plan> => {
  const { restoration, work } = prepared(wish);
  return restoration.plan(work);
};

const prepared = ({ restoreId = '2026-03-01_10-00-00', ...wish }: Wish) => {
  const { url, folder, options, env, signal, sqlBytes } = wish;
  const config = RestorerConfig.parse({ NOCODB_API_URL: 'http://localhost', NOCODB_API_TOKEN: 'x', ...env });
  const restoration = new RestoreDump({ database: connectionFromUrl(url), config });
  const request = {
    restoreId,
    backupId: '2026-02-05_05-15-00',
    options: { force: false, dropOld: false, ...options },
  } as RestoreRequested['data'];
  const work = {
    request,
    backup: storedBackup(folder, sqlBytes),
    attemptId: 'a1',
    signal: signal ?? new AbortController().signal,
    progress: () => undefined,
  };
  return { restoration, work };
};
