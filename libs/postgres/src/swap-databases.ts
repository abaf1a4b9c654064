import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { commentSql, disconnect } from './databases.js';
import { codeBehind } from './postgres-error.js';
import type { Session } from './session.js';
import { identifier } from './sql.js';

export interface Swap {
  /** The database that is to have the name `name`, and its comment from then on. */
  readonly fresh: string;
  readonly name: string;
  readonly comment: string;
  /** What becomes of the one that has the name; undefined where there is none. */
  readonly old?: { readonly name: string; readonly comment: string } | undefined;
}

const RETRIES = 5;

/**
 * Renames both in one transaction, so there is never no database of that name, and never half a swap. Rejects with SQLSTATE 55006
 * behind the error (`codeBehind`) while somebody is connected, unless `disconnecting` is given: a second session that ends those.
 * While the transaction waits for them it holds the database's lock, so nobody gets in again; and should we be killed, the server
 * takes the lock back by itself: a database is never left blocked.
 */
export const swapDatabases = async (session: Session, swap: Swap, disconnecting?: Session): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await swapped(session, swap, disconnecting);
      return;
    } catch (error) {
      // Fails only with a broken connection, and then the server has rolled back; the first error tells more.
      await session.rows(z.unknown(), 'ROLLBACK').catch(() => undefined);
      if (codeBehind(error) !== '55006' || !disconnecting || attempt >= RETRIES) throw error;
    }
  }
};

const swapped = async (session: Session, { fresh, name, comment, old }: Swap, disconnecting?: Session) => {
  await session.rows(z.unknown(), 'BEGIN');
  await session.rows(z.unknown(), "SET LOCAL lock_timeout = '30s'");
  if (old) {
    const renaming = session.rows(z.unknown(), renameSql(name, old.name));
    await (disconnecting ? whileEnding(renaming, disconnecting, name) : renaming);
    await session.rows(z.unknown(), commentSql(old.name, old.comment));
  }
  await session.rows(z.unknown(), renameSql(fresh, name));
  await session.rows(z.unknown(), commentSql(name, comment));
  await session.rows(z.unknown(), 'COMMIT');
};

/** PostgreSQL waits up to 5 seconds for the others to leave. */
const whileEnding = async (renaming: Promise<unknown>, session: Session, name: string): Promise<void> => {
  const over = renaming.then(
    () => true,
    () => true,
  );
  try {
    do await disconnect(session, name);
    while (!(await Promise.race([over, setTimeout(100, false)])));
  } finally {
    await over;
  }
  await renaming;
};

/** The statement that renames a database. */
export const renameSql = (from: string, to: string): string =>
  `ALTER DATABASE ${identifier(from)} RENAME TO ${identifier(to)}`;
