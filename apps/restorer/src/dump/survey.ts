import {
  codeBehind,
  type ConnectedClient,
  currentRole,
  type Database,
  databaseNamed,
  factsOf,
  findPsql,
  nameOf,
  type Role,
  type ServerFacts,
  type Session,
  withSession,
} from '@nocodb-backup/postgres';
import { z } from 'zod';
import { RefusedError } from '../refused-error.js';
import { admittedClients } from './clients.js';
import type { Place } from './place.js';

/** How the place of a restore looks. */
export interface Survey {
  readonly role: Role;
  /** Undefined where there is no database of that name. */
  readonly database: Database | undefined;
  readonly clients: readonly ConnectedClient[];
  /** Of that database, else of the one that is connected to instead: the server's version and usual locale. */
  readonly facts: ServerFacts;
  /** Of that database; 0 where there is none. */
  readonly relations: number;
  /**
   * `new`: restored into a new database, which then takes the name. `in-place`: into the database as it is, because the role may not
   * make another one or rename this one.
   */
  readonly way: 'new' | 'in-place';
}

const Count = z.object({ count: z.coerce.number() });

/** Looks at the place from outside, touches nothing. Throws RefusedError when the restore cannot, or must not, take place there. */
export const surveyed = async (session: Session, place: Place, signal: AbortSignal): Promise<Survey> => {
  const { connection } = place;
  const role = await currentRole(session);
  const database = await databaseNamed(session, connection.database);
  if (!database && !role.mayCreate) throw mayNotCreate(place, role);
  const clients = await admittedClients(session, place);
  const outside = await factsOf(session);
  await findPsql(outside.major);
  const inside = database && (await withSession(connection, { signal }, insideOf));
  const way = !database || (role.mayCreate && database.isOwned) ? 'new' : 'in-place';
  const survey: Survey = { role, database, clients, facts: outside, relations: 0, ...inside, way };
  if (way === 'in-place' && survey.relations > 0 && !place.force) throw onlyInPlace(place, survey);
  return survey;
};

const insideOf = async (session: Session): Promise<Pick<Survey, 'facts' | 'relations'>> => ({
  facts: await factsOf(session),
  relations: await relationsIn(session),
});

/** How many tables, views and sequences are in the connected database. */
export const relationsIn = async (session: Session): Promise<number> => {
  const [row] = await session.rows(Count, RELATIONS);
  return row?.count ?? 0;
};

const RELATIONS = `
  SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')`;

const grantOf = (role: Role): string => `ALTER ROLE "${role.name}" CREATEDB`;

const mayNotCreate = ({ connection }: Place, role: Role): RefusedError =>
  new RefusedError(
    `there is no ${nameOf(connection)}, and "${role.name}" may not make it. As a superuser: ` +
      `CREATE DATABASE "${connection.database}" OWNER "${role.name}" TEMPLATE template0; or ${grantOf(role)}`,
  );

const onlyInPlace = ({ connection }: Place, { role, database }: Survey): RefusedError =>
  new RefusedError(
    `"${role.name}" may not make a new database beside ${nameOf(connection)} and swap the two. As a superuser: ${[
      ...(role.mayCreate ? [] : [grantOf(role)]),
      ...(database?.isOwned === false
        ? [`ALTER DATABASE "${connection.database}" OWNER TO "${role.name}"`]
        : []),
    ].join(
      '; ',
    )}; then try again. Or --force: everything in the database is removed and the backup restored into it, in one ` +
      'transaction. A failure leaves it as it is, but after a success NOTHING of it is kept aside: make a backup first',
  );

/** Whether the error says that somebody is connected to the database. */
export const isInUse = (error: unknown): boolean => codeBehind(error) === '55006';
