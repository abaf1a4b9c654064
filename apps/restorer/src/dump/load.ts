import {
  type DatabaseContents,
  findPsql,
  loadDump,
  type PostgresConnection,
  withSession,
  withSnapshot,
} from '@nocodb-backup/postgres';
import { z } from 'zod';
import type { Work } from '../restoration.js';
import { dumpSql } from './dump-sql.js';
import type { Place } from './place.js';

/** SQL around the dump; without it nothing is around it. */
export interface Around {
  readonly before?: string;
  readonly after?: string;
}

/** Reads the backup's dump into the database. */
export const loaded = async (
  connection: PostgresConnection,
  place: Pick<Place, 'timeoutSeconds'>,
  work: Pick<Work, 'backup' | 'progress' | 'signal'>,
  around: Around & { readonly serverMajor: number },
): Promise<void> => {
  const client = await findPsql(around.serverMajor);
  const { timeoutSeconds } = place;
  await loadDump(connection, dumpSql(work), { ...around, client, timeoutSeconds, signal: work.signal });
};

/** Gathers the statistics without which queries are slow, and counts the rows of every table. */
export const countedContents = async (
  connection: PostgresConnection,
  { timeoutSeconds }: Pick<Place, 'timeoutSeconds'>,
  signal: AbortSignal,
): Promise<DatabaseContents> => {
  const options = { signal, queryLimit: timeoutSeconds * 1000 };
  await withSession(connection, options, (session) => session.rows(z.unknown(), 'ANALYZE'));
  return withSnapshot(connection, options, (snapshot) => snapshot.contents());
};
