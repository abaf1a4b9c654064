import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import { codeBehind } from './postgres-error.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/** A database as the server lists it. */
export const Database = z.object({
  name: z.string(),
  owner: z.string(),
  comment: z.string().nullable(),
  /** Whether the connected role may act as its owner. */
  isOwned: z.boolean(),
  /** It has grants or settings of its own, which no dump holds. */
  hasOwnSettings: z.boolean(),
});
export type Database = z.infer<typeof Database>;

/** The connected role. */
export const Role = z.object({ name: z.string(), isSuperuser: z.boolean(), mayCreate: z.boolean() });
export type Role = z.infer<typeof Role>;

/** Sessions of one sort. Names and addresses of other people's sessions are hidden from a simple role. */
export const Client = z.object({
  user: z.string(),
  application: z.string(),
  address: z.string().nullable(),
  count: z.int(),
  /** Whether this role may disconnect them. */
  mayEnd: z.boolean(),
});
export type ConnectedClient = z.infer<typeof Client>;

/** The database of that name, undefined where there is none. */
export const databaseNamed = async (session: Session, name: string): Promise<Database | undefined> => {
  const [found] = await session.rows(Database, `${DATABASES} WHERE datname = ${literal(name)}`);
  return found;
};

/** All databases with a comment. */
export const commentedDatabases = (session: Session): Promise<Database[]> =>
  session.rows(
    Database,
    `${DATABASES} WHERE shobj_description(oid, 'pg_database') IS NOT NULL ORDER BY datname`,
  );

/** Who is connected, and what this role may do. */
export const currentRole = async (session: Session): Promise<Role> => {
  const [role] = await session.rows(Role, ROLE);
  if (!role) throw new Error('PostgreSQL does not know the role that it let in');
  return role;
};

/** Who is connected to the database, this session left out. */
export const clientsOf = (session: Session, name: string): Promise<ConnectedClient[]> =>
  session.rows(
    Client,
    `SELECT usename AS user, coalesce(application_name, '') AS application, client_addr::text AS address, count(*)::int AS count,
            ${MAY_END} AS "mayEnd"
       FROM pg_stat_activity WHERE ${othersIn(name)} GROUP BY 1, 2, 3, usesysid ORDER BY 4 DESC LIMIT 20`,
  );

/**
 * Ends all sessions with the database. They may come back at once. Rejects with PermanentError when they are those of a role that
 * this one may not disturb.
 */
export const disconnect = async (session: Session, name: string): Promise<void> => {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${othersIn(name)}`;
  await session.rows(z.unknown(), sql).catch((error: unknown) => {
    throw codeBehind(error) === NOT_ALLOWED ? mayNotEnd(name, error as Error) : error;
  });
};

const NOT_ALLOWED = '42501';

const mayNotEnd = (name: string, { cause }: Error): PermanentError =>
  new PermanentError(
    `DATABASE_USER may not disconnect those who use the database "${name}" (${String(cause)}): stop NocoDB and what else uses it, ` +
      'or let a superuser grant it: GRANT pg_signal_backend TO ...',
    { cause },
  );

/** Removes the database where it is there, whoever is connected. */
export const dropDatabase = async (session: Session, name: string, serverMajor: number): Promise<void> => {
  if (serverMajor < 13) await disconnect(session, name);
  const force = serverMajor < 13 ? '' : ' WITH (FORCE)';
  await session.rows(z.unknown(), `DROP DATABASE IF EXISTS ${identifier(name)}${force}`);
};

/** Removes the database unless somebody is connected (SQLSTATE 55006). */
export const dropUnusedDatabase = async (session: Session, name: string): Promise<void> => {
  await session.rows(z.unknown(), `DROP DATABASE IF EXISTS ${identifier(name)}`);
};

/** Sets the database's comment. */
export const commentOn = async (session: Session, name: string, comment: string): Promise<void> => {
  await session.rows(z.unknown(), commentSql(name, comment));
};

/** The statement that sets the comment. */
export const commentSql = (name: string, comment: string): string =>
  `COMMENT ON DATABASE ${identifier(name)} IS ${literal(comment)}`;

const othersIn = (name: string): string =>
  `datname = ${literal(name)} AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
   AND coalesce(backend_type, 'client backend') = 'client backend'`;

/** Of a superuser's sessions only a superuser; of others who may act as their role, or is granted it for all. */
const MAY_END = `
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  OR (NOT (SELECT rolsuper FROM pg_roles r WHERE r.oid = usesysid)
      AND (pg_has_role(usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')))`;

const DATABASES = `
  SELECT datname AS name, pg_get_userbyid(datdba) AS owner, shobj_description(oid, 'pg_database') AS comment,
         pg_has_role(datdba, 'USAGE') AS "isOwned",
         datacl IS NOT NULL OR EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = d.oid) AS "hasOwnSettings"
    FROM pg_database d`;

const ROLE = `
  SELECT rolname AS name, rolsuper AS "isSuperuser", rolsuper OR rolcreatedb AS "mayCreate"
    FROM pg_roles WHERE rolname = current_user`;
