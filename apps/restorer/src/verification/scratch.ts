import { PermanentError } from '@nocodb-backup/events';
import {
  commentedDatabases,
  commentOn,
  createDatabase,
  currentRole,
  databaseNamed,
  dropDatabase,
  factsOf,
  type Locale,
  type PostgresConnection,
  type Role,
  type Session,
  withMaintenance,
  withSession,
} from '@nocodb-backup/postgres';
import { giveLockBack, hasLock, locked } from '../dump/locked.js';
import { commentOf, markIn } from '../dump/mark.js';
import { relationsIn } from '../dump/survey.js';
import { reasonOf } from './outcome.js';

const PREFIX = 'nocodb_backup_drill_';

/** A database that a drill makes and removes. */
export interface Scratch {
  /** To the server; the database that it names is not touched. */
  readonly server: PostgresConnection;
  readonly n: string;
  readonly backupId: string;
  /** What the text was sorted by, where that is known. */
  readonly locales: readonly Locale[];
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** The name of a drill's database. */
export const scratchName = (n: string): string => PREFIX + n;

/**
 * Makes a scratch database, works in it, and removes it whatever happens; what killed drills have left is removed before. A
 * lock, which goes with its session, tells them from drills that go on. Resolves with what the work gave, and with a warning
 * where the database could not be removed.
 */
export const inScratch = async <Result>(
  scratch: Scratch,
  work: (connection: PostgresConnection, serverMajor: number) => Promise<Result>,
): Promise<{ readonly result: Result; readonly warnings: readonly string[] }> => {
  const { server, n, timeoutSeconds, signal } = scratch;
  const name = scratchName(n);
  const connection = { ...server, database: name };
  return locked({ connection, timeoutSeconds }, signal, async (session) => {
    const role = await currentRole(session);
    if (!role.mayCreate) throw mayNotCreate(server, role);
    const { major } = await factsOf(session);
    await removeLeftovers(session, { name, connection, major });
    try {
      await made(session, scratch, role);
      const result = await work(connection, major);
      return { result, warnings: await removed(session, connection, major) };
    } catch (error) {
      await removed(session, connection, major);
      throw error;
    }
  });
};

const mayNotCreate = ({ host, port }: PostgresConnection, { name }: Role): PermanentError =>
  new PermanentError(
    `"${name}" may not make a scratch database at ${host}:${port}, so the backup cannot be restored on trial there. As a superuser: ` +
      `ALTER ROLE "${name}" CREATEDB; or name another server: NOCODB_BACKUP_DRILL_DATABASE_URL`,
  );

const made = async (session: Session, { n, backupId, locales }: Scratch, role: Role): Promise<void> => {
  const name = scratchName(n);
  await createDatabase(session, { name, owner: role.name }, locales);
  const mark = { by: 'nocodb-backup', is: 'drill', of: name, restore: n, backup: backupId } as const;
  await commentOn(session, name, commentOf(mark));
};

interface Removing {
  readonly name: string;
  readonly connection: PostgresConnection;
  readonly major: number;
}

const removeLeftovers = async (session: Session, { name, connection, major }: Removing): Promise<void> => {
  const own = await databaseNamed(session, name);
  if (own && !isMarked(own)) await checkEmpty(connection);
  await dropDatabase(session, name, major);
  for (const left of (await commentedDatabases(session)).filter(isMarked)) {
    if (!(await hasLock(session, left.name))) continue;
    // Another role's is that one's to remove.
    if (left.isOwned) await dropDatabase(session, left.name, major);
    await giveLockBack(session, left.name);
  }
};

const isMarked = ({ name, comment }: { readonly name: string; readonly comment: string | null }): boolean => {
  const mark = markIn(comment);
  return name.startsWith(PREFIX) && mark?.is === 'drill' && mark.of === name;
};

/** Killed before it could mark it, a drill leaves an empty one. */
const checkEmpty = async (connection: PostgresConnection): Promise<void> => {
  if ((await withSession(connection, {}, relationsIn)) === 0) return;
  throw new PermanentError(
    `there is a database "${connection.database}" that no drill has made: rename it, it has a drill's name`,
  );
};

/** Over a new session where this one is broken. Never rejects: the warning says what is left. */
const removed = async (
  session: Session,
  connection: PostgresConnection,
  major: number,
): Promise<readonly string[]> => {
  const drop = (over: Session) => dropDatabase(over, connection.database, major);
  try {
    await drop(session).catch(() => withMaintenance(connection, {}, drop));
    return [];
  } catch (error) {
    return [
      `the scratch database "${connection.database}" could not be removed (${reasonOf(error)}): the next drill removes it, ` +
        `or do it yourself: DROP DATABASE "${connection.database}"`,
    ];
  }
};
