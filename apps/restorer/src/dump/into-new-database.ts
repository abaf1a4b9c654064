import {
  clientsOf,
  commentOn,
  createDatabase,
  currentRole,
  type Database,
  type DatabaseContents,
  databaseNamed,
  dropDatabase,
  factsOf,
  identifier,
  type Locale,
  type Session,
  serverFacts,
  swapDatabases,
  withMaintenance,
} from '@nocodb-backup/postgres';
import { PermanentError } from '@nocodb-backup/events';
import type { PlannedWork } from '../restoration.js';
import { asideName } from './aside-name.js';
import { admittedClients, inUse } from './clients.js';
import { type Expected, expectedOf } from './expected.js';
import { countedContents, loaded } from './load.js';
import { commentOf, type Mark } from './mark.js';
import type { Place } from './place.js';
import { rowDifferences } from './row-differences.js';
import { isInUse } from './survey.js';
import { removeUnfinished } from './tidy.js';

/**
 * Restores into a new database, checks it, and only then swaps it with the one that has the name: until that one transaction nothing
 * of the old database is touched, so a dump that turns out to be damaged at its end has done no harm, and one pass over it is enough.
 * The session holds the lock of the place. What is unfinished is removed, here or by the next attempt.
 */
export const intoNewDatabase = async (
  session: Session,
  place: Place,
  work: PlannedWork,
): Promise<DatabaseContents> => {
  const { connection, restoreId } = place;
  const { major } = await factsOf(session);
  const old = await databaseNamed(session, connection.database);
  await admittedClients(session, place);
  await removeUnfinished(session, place, major);
  const fresh = asideName(connection.database, 'restore', restoreId);
  try {
    const expected = await expectedOf(work.backup);
    await made(session, { place, fresh, old, expected });
    const contents = await checkedContents(
      { ...place, connection: { ...connection, database: fresh } },
      work,
      {
        old,
        expected,
        major,
      },
    );
    work.signal.throwIfAborted();
    await swapped(session, place, fresh);
    return contents;
  } catch (error) {
    // Over this session only: when it is broken the lock is gone, and the database may be another attempt's.
    await dropDatabase(session, fresh, major).catch(() => undefined);
    throw error;
  }
};

interface Making {
  readonly place: Place;
  readonly fresh: string;
  readonly old: Database | undefined;
  readonly expected: Expected | undefined;
}

const made = async (session: Session, { place, fresh, old, expected }: Making): Promise<void> => {
  const there: Locale[] = old ? [await serverFacts(place.connection)] : [];
  const locales: Locale[] = expected ? [expected.server, ...there] : there;
  const owner = old?.owner ?? (await currentRole(session)).name;
  await createDatabase(session, { name: fresh, owner }, locales);
  await commentOn(session, fresh, commentOf(markOf(place, 'loading')));
};

const checkedContents = async (
  place: Place,
  work: PlannedWork,
  { old, expected, major }: { old: Database | undefined; expected: Expected | undefined; major: number },
): Promise<DatabaseContents> => {
  const { connection } = place;
  // What is in the database is to belong to whom the database belongs.
  const before = old ? `SET ROLE ${identifier(old.owner)};` : '';
  await loaded(connection, place, work, { before, serverMajor: major });
  const contents = await countedContents(connection, place, work.signal);
  const differences = expected ? rowDifferences(expected.tables, contents.tables) : [];
  if (differences.length === 0) return contents;
  throw new PermanentError(
    `the restored database is not what was backed up (${differences.slice(0, 10).join('; ')}` +
      `${differences.length > 10 ? `; and ${differences.length - 10} more` : ''}): it was removed, nothing else is changed. Restore another backup`,
  );
};

const swapped = async (session: Session, place: Place, fresh: string): Promise<void> => {
  const { connection, force, restoreId } = place;
  const name = connection.database;
  const old = (await databaseNamed(session, name)) && {
    name: asideName(name, 'before', restoreId),
    comment: commentOf(markOf(place, 'kept')),
  };
  const swap = { fresh, name, comment: commentOf(markOf(place, 'restored')), old };
  const swapping = force
    ? withMaintenance(connection, {}, (second) => swapDatabases(session, swap, second))
    : swapDatabases(session, swap);
  await swapping.catch(async (error: unknown) => {
    throw isInUse(error) ? inUse(connection, await clientsOf(session, name)) : error;
  });
};

const markOf = ({ connection, restoreId, backupId }: Place, is: Mark['is']): Mark => ({
  by: 'nocodb-backup',
  is,
  of: connection.database,
  restore: restoreId,
  backup: backupId,
});
