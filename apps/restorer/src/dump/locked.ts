import { setTimeout } from 'node:timers/promises';
import { literal, nameOf, type Session, withMaintenance } from '@nocodb-backup/postgres';
import { z } from 'zod';
import type { Place } from './place.js';

const WAIT_MS = 60_000;
const PAUSE_MS = 500;
const Got = z.object({ got: z.boolean() });

/**
 * Does the work as the only one that restores this database: another attempt, even one that is believed dead, waits or fails. The
 * lock goes with the session. The session takes no signal: an abort must leave it alive, to clean up. Rejects with Error when
 * another attempt does not end within a minute.
 */
export const locked = async <Result>(
  place: Pick<Place, 'connection' | 'timeoutSeconds'>,
  signal: AbortSignal,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  signal.throwIfAborted();
  const { connection, timeoutSeconds } = place;
  return withMaintenance(connection, { queryLimit: timeoutSeconds * 1000 }, async (session) => {
    await session.rows(z.unknown(), SETTINGS);
    const deadline = Date.now() + WAIT_MS;
    while (!(await hasLock(session, connection.database))) {
      if (Date.now() > deadline)
        throw new Error(`another restore is at work on ${nameOf(connection)}: this one waits for its end`);
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
    return work(session);
  });
};

/** Takes the lock of a database's restores for this session, unless another has it. */
export const hasLock = async (session: Session, name: string): Promise<boolean> => {
  const [lock] = await session.rows(
    Got,
    `SELECT pg_try_advisory_lock(hashtextextended(${keyOf(name)}, 0)) AS got`,
  );
  return lock?.got === true;
};

/** Gives it back before the session ends. */
export const giveLockBack = async (session: Session, name: string): Promise<void> => {
  await session.rows(z.unknown(), `SELECT pg_advisory_unlock(hashtextextended(${keyOf(name)}, 0))`);
};

const keyOf = (name: string): string => literal(`nocodb-backup restore ${name}`);

/** It is idle for as long as the dump is loaded; and when this machine dies, the server soon takes the lock back. */
const SETTINGS = `
  SELECT set_config(name, value, false)
    FROM (VALUES ('statement_timeout', '0'), ('idle_session_timeout', '0'), ('tcp_keepalives_idle', '30'),
                 ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) AS wanted (name, value)
    JOIN pg_settings USING (name)`;
