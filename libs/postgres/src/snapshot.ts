import { z } from 'zod';
import type { PostgresConnection } from './connection.js';
import { factsOf, type ServerFacts } from './server-facts.js';
import { type Session, type SessionOptions, withSession } from './session.js';

export interface TableRows {
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
}

/** What is in the database at one instant: a restore is compared with it. */
export interface DatabaseContents {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly server: ServerFacts;
  readonly extensions: readonly {
    readonly name: string;
    readonly version: string;
    readonly schema: string;
  }[];
  readonly schemas: readonly string[];
  /** Every table whose rows pg_dump dumps. */
  readonly tables: readonly TableRows[];
}

/** One instant of the database, as long as the callback of `withSnapshot` runs. */
export interface Snapshot {
  /** For `pg_dump --snapshot`. */
  readonly id: string;
  /** Counts the rows of every table, one after the other. */
  contents(): Promise<DatabaseContents>;
}

/** Holds one instant of the database, so that a dump and the row counts show the same. */
export const withSnapshot = <Result>(
  connection: PostgresConnection,
  options: SessionOptions,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> =>
  withSession(connection, options, async (session) => {
    await session.rows(z.unknown(), 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // With row security a count would leave rows out in silence; off makes it an error.
    await session.rows(z.unknown(), 'SET LOCAL row_security = off');
    await session.rows(z.unknown(), "SET LOCAL lock_timeout = '60s'");
    await session.rows(z.unknown(), 'SET LOCAL idle_in_transaction_session_timeout = 0');
    const [exported] = await session.rows(Exported, EXPORT);
    if (!exported) throw new Error('PostgreSQL exported no snapshot');
    return work({ id: exported.id, contents: () => contentsOf(session, exported.at) });
  });

const contentsOf = async (session: Session, takenAt: string): Promise<DatabaseContents> => {
  const server = await factsOf(session);
  // A server that knows how stops counting when the client is gone.
  if (server.major >= 14)
    await session.rows(z.unknown(), "SET LOCAL client_connection_check_interval = '5s'");
  const extensions = await session.rows(Extension, EXTENSIONS);
  const schemas = (await session.rows(Named, SCHEMAS)).map(({ name }) => name);
  const tables: TableRows[] = [];
  for (const { quoted, ...table } of await session.rows(Table, TABLES)) {
    const [counted] = await session.rows(Count, `SELECT count(*) AS rows FROM ONLY ${quoted}`);
    tables.push({ ...table, rows: counted?.rows ?? 0 });
  }
  return { takenAt, server, extensions, schemas, tables };
};

const Exported = z.object({ id: z.string(), at: z.string() });
const Extension = z.object({ name: z.string(), version: z.string(), schema: z.string() });
const Named = z.object({ name: z.string() });
const Table = z.object({ schema: z.string(), name: z.string(), quoted: z.string() });
const Count = z.object({ rows: z.coerce.number() });

const EXPORT = `
  SELECT pg_export_snapshot() AS id, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at`;

const EXTENSIONS = `
  SELECT extname AS name, extversion AS version, nspname AS schema
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY extname`;

const SCHEMAS = `
  SELECT nspname AS name FROM pg_namespace
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname`;

/** Tables and partitions, without those that belong to an extension: CREATE EXTENSION makes these. */
const TABLES = `
  SELECT nspname AS schema, relname AS name, format('%I.%I', nspname, relname) AS quoted
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE relkind = 'r' AND relpersistence <> 't' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
     AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
   ORDER BY nspname, relname`;
