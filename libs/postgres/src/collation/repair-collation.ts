import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { nameOf, type PostgresConnection } from '../connection.js';
import { type Session, withSession } from '../session.js';
import { collationState, type CollationState } from './collation-state.js';
import { type Index, rebuildableIndexes } from './indexes.js';
import { type RebuildFailure, rebuildIndexes } from './rebuild-indexes.js';
import { type RebuildProgress, watchRebuild } from './rebuild-progress.js';
import { recordVersion } from './record-version.js';

export interface RepairOptions {
  readonly signal?: AbortSignal | undefined;
  /** Seconds that all of it may take. */
  readonly limitSeconds: number;
  /** Seconds to wait for somebody's lock; 60 if not given. */
  readonly lockSeconds?: number | undefined;
  /** How often `told` is called, in milliseconds; 10 seconds if not given. */
  readonly everyMs?: number | undefined;
  readonly told?: ((progress: RebuildProgress) => void) | undefined;
}

/** What became of a repair. */
export interface CollationRepair {
  /** Invalid indexes of an earlier REINDEX that were removed. */
  readonly dropped: readonly string[];
  /** How many indexes were to be rebuilt; 0 where nothing had to be. */
  readonly indexes: number;
  /** Why no version was recorded: as long as one index is not rebuilt, none is. */
  readonly failures: readonly RebuildFailure[];
  readonly before: CollationState;
  /** As it was read again in the end. What drifts here was not repaired. */
  readonly after: CollationState;
}

/**
 * Rebuilds all indexes of the database, and only after that records the versions of now; what this role could not record is left as it
 * is. Killed at any moment it leaves a database that works, and is done again. Rejects with Error when the database does not answer,
 * or another repair is at work there.
 */
export const repairCollation = (
  connection: PostgresConnection,
  options: RepairOptions,
): Promise<CollationRepair> => {
  const deadline = Date.now() + options.limitSeconds * 1000;
  const queryLimit = options.limitSeconds * 1000 + 60_000;
  return withSession(connection, { signal: options.signal, queryLimit }, async (session) => {
    await prepare(session, connection, options);
    const before = await collationState(session);
    const leftovers = await dropped(session, before, deadline);
    const done = before.drifts.some(({ mayRecord }) => mayRecord)
      ? await rebuilt(session, connection, { before, options, deadline })
      : { indexes: 0, failures: [] };
    if (done.failures.length > 0) await dropped(session, await collationState(session), deadline + 10_000);
    return { dropped: leftovers, ...done, before, after: await collationState(session) };
  });
};

/** The lock is the server's: it goes with the session that works, and not with the program that asked. */
const prepare = async (session: Session, connection: PostgresConnection, options: RepairOptions) => {
  const lockMs = (options.lockSeconds ?? 60) * 1000;
  await session.rows(z.unknown(), `SET lock_timeout = '${lockMs}ms'`);
  await session.rows(z.unknown(), "SET statement_timeout = '60s'");
  // Else the server goes on for hours when this program is killed. Before 14, and on Windows, it cannot know.
  await session.rows(z.unknown(), "SET client_connection_check_interval = '2s'").catch(() => undefined);
  const until = Date.now() + lockMs;
  while (!(await isAlone(session))) {
    if (Date.now() > until)
      throw new Error(
        `another repair of the collations is at work in ${nameOf(connection)}: let it end, then look again`,
      );
    await setTimeout(200, undefined, options.signal ? { signal: options.signal } : {});
  }
};

/** Asked for again and again: a session that waits for the lock would be waited for by the REINDEX of the one that has it. */
const isAlone = async (session: Session): Promise<boolean> => {
  const [lock] = await session.rows(Lock, `SELECT pg_try_advisory_lock(${LOCK}) AS "isOurs"`);
  return lock?.isOurs === true;
};

const LOCK = "hashtext('nocodb-backup'), hashtext('collation')";
const Lock = z.object({ isOurs: z.boolean() });

/** Removes what a REINDEX left, unless one is running somewhere in this database. */
const dropped = async (
  session: Session,
  { leftovers }: CollationState,
  deadline: number,
): Promise<string[]> => {
  const gone: string[] = [];
  for (const name of leftovers) {
    const [{ isBuilding } = { isBuilding: true }] = await session.rows(Building, BUILDING);
    if (isBuilding || Date.now() > deadline) return gone;
    const isGone = await session.rows(z.unknown(), `DROP INDEX CONCURRENTLY IF EXISTS ${name}`).then(
      () => true,
      () => false,
    );
    if (isGone) gone.push(name);
  }
  return gone;
};

const Building = z.object({ isBuilding: z.boolean() });
const BUILDING = `
  SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE datname = current_database()) AS "isBuilding"`;

interface Work {
  readonly before: CollationState;
  readonly options: RepairOptions;
  readonly deadline: number;
}

const rebuilt = async (
  session: Session,
  connection: PostgresConnection,
  { before, options, deadline }: Work,
) => {
  const unfit = unfitness(before.versionNumber);
  if (unfit !== undefined) return { indexes: 0, failures: [{ reason: unfit }] };
  const indexes = await rebuildableIndexes(session);
  const failures = await whileWatching(session, connection, { indexes, options }, () =>
    rebuildIndexes(session, { database: before.database, indexes, deadline }),
  );
  // What is in the way now is in the way of removing remains, too: the next repair does it.
  await session.rows(z.unknown(), "SET lock_timeout = '1s'");
  await session.rows(z.unknown(), "SET statement_timeout = '60s'");
  if (failures.length > 0) return { indexes: indexes.length, failures };
  const unrecorded: RebuildFailure[] = [];
  for (const drift of before.drifts.filter(({ mayRecord }) => mayRecord))
    await recordVersion(session, drift).catch((error: unknown) => {
      unrecorded.push({ reason: `the version of ${drift.name} could not be recorded: ${String(error)}` });
    });
  return { indexes: indexes.length, failures: unrecorded };
};

/** Why the server must not, or cannot, rebuild its indexes this way. */
const unfitness = (versionNumber: number): string | undefined => {
  if (versionNumber < 120_000)
    return 'PostgreSQL before 12 has no REINDEX CONCURRENTLY: stop NocoDB, and REINDEX DATABASE by hand';
  return versionNumber >= 140_000 && versionNumber < 140_004
    ? 'PostgreSQL 14.0 to 14.3 can damage the indexes that it rebuilds CONCURRENTLY: update it to 14.4 or newer first'
    : undefined;
};

const whileWatching = async <Result>(
  session: Session,
  connection: PostgresConnection,
  { indexes, options }: { indexes: readonly Index[]; options: RepairOptions },
  work: () => Promise<Result>,
): Promise<Result> => {
  const { told, everyMs = 10_000 } = options;
  if (!told) return work();
  const [row] = await session.rows(Pid, 'SELECT pg_backend_pid() AS pid');
  const ending = new AbortController();
  const watching = watchRebuild(connection, { pid: row?.pid ?? 0, indexes, everyMs, told }, ending.signal);
  try {
    return await work();
  } finally {
    ending.abort(new Error('the indexes are rebuilt'));
    await watching;
  }
};

const Pid = z.object({ pid: z.int() });
