import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { PostgresConnection } from '../connection.js';
import { type Session, withSession } from '../session.js';
import { type Index, untouchedOf } from './indexes.js';

/** How far the rebuilding of a database's indexes is. */
export interface RebuildProgress {
  readonly database: string;
  readonly rebuilt: number;
  readonly indexes: number;
  /** The one that is being built, and what PostgreSQL does with it. */
  readonly at?:
    { readonly index: string; readonly phase: string; readonly percent: number | null } | undefined;
  /** Who keeps it waiting: such as `"nocodb" with "pg_dump" (process 77, in a transaction for 65 s)`. */
  readonly waitsFor?: string | undefined;
}

/** What is looked at, from a second session. */
export interface Watched {
  readonly pid: number;
  readonly indexes: readonly Index[];
  readonly everyMs: number;
  readonly told: (progress: RebuildProgress) => void;
}

/** Tells how far it is until the signal fires. Never rejects: it is worth telling, and no more. */
export const watchRebuild = (
  connection: PostgresConnection,
  watched: Watched,
  signal: AbortSignal,
): Promise<void> =>
  withSession(connection, { signal }, async (session) => {
    for (;;) {
      await setTimeout(watched.everyMs, undefined, { signal });
      watched.told(await progressOf(session, connection.database, watched));
    }
  }).catch(() => undefined);

const progressOf = async (
  session: Session,
  database: string,
  { pid, indexes }: Watched,
): Promise<RebuildProgress> => {
  const left = await untouchedOf(session, indexes);
  const [at] = await session.rows(At, phaseSql(pid));
  const [blocker] = await session.rows(Blocker, blockerSql(pid));
  const rebuilt = indexes.length - left.length;
  return { database, rebuilt, indexes: indexes.length, at, waitsFor: blocker?.name };
};

const At = z.object({
  index: z.string(),
  phase: z.string(),
  percent: z.number().nullable(),
});
const Blocker = z.object({ name: z.string() });

const phaseSql = (pid: number): string => `
  SELECT coalesce(nullif(index_relid, 0)::regclass::text, relid::regclass::text, '?') AS index, phase, (100 * blocks_done / nullif(blocks_total, 0))::int AS percent
    FROM pg_stat_progress_create_index WHERE pid = ${pid} AND phase IS NOT NULL`;

const blockerSql = (pid: number): string => `
  SELECT format('"%s" with "%s" (process %s, in a transaction for %s s)', usename, coalesce(application_name, ''), pid,
                coalesce(extract(epoch FROM now() - xact_start)::int::text, '?')) AS name
    FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(${pid})) ORDER BY xact_start LIMIT 1`;
