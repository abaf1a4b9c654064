import { z } from 'zod';
import type { Session } from '../session.js';
import { literal } from '../sql.js';

const PROVIDERS: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin' };

/** A collation that may no longer order text as it did when the indexes were built. */
export const CollationDrift = z.object({
  oid: z.string(),
  /** `database`: the collation of all text that names none of its own. */
  of: z.enum(['database', 'collation']),
  /** The database's name, or the collation's with its schema, as SQL writes it. */
  name: z.string(),
  /** `libc`, `icu` or `builtin`. */
  provider: z.string().transform((letter) => PROVIDERS[letter] ?? letter),
  /** The library's version when it was last recorded; null where the library told none then, as that of Alpine does. */
  recorded: z.string().nullable(),
  /** The library's version now; null where it tells none. */
  actual: z.string().nullable(),
  /** Whether a column, an index or something else depends on it. */
  isUsed: z.boolean(),
  /** Whether the connected role may record the version of now. */
  mayRecord: z.boolean(),
});
export type CollationDrift = z.infer<typeof CollationDrift>;

/** What is known of the collations of one database. */
export interface CollationState {
  readonly database: string;
  /** As `server_version_num`: 150018 for 15.18. */
  readonly versionNumber: number;
  /** Whether PostgreSQL records the version of the database's own collation at all: since 15. */
  readonly isTracked: boolean;
  readonly drifts: readonly CollationDrift[];
  /** Invalid indexes that a REINDEX CONCURRENTLY left when it was cut off, as SQL writes them. They cost writes, and serve nothing. */
  readonly leftovers: readonly string[];
}

/** Compares the recorded versions with the libraries' of now, in the database that the session is in. */
export const collationState = async (session: Session): Promise<CollationState> => {
  const [server] = await session.rows(Server, SERVER);
  if (!server) throw new Error('PostgreSQL does not tell its version');
  const isTracked = server.versionNumber >= 150_000;
  const own = isTracked ? await session.rows(CollationDrift, OWN) : [];
  const others = await session.rows(CollationDrift, OTHERS);
  const leftovers = await session.rows(Named, LEFTOVERS);
  return { ...server, isTracked, drifts: [...own, ...others], leftovers: leftovers.map(({ name }) => name) };
};

/** The databases beside this one that a NocoDB shares its server with. */
export interface OtherDatabases {
  /** Those that every server has, as far as this role is let in: new databases are made from `template1`. */
  readonly common: readonly string[];
  /** Somebody else's whose own collation has another version now. */
  readonly drifted: readonly string[];
}

/** Looks at the other databases of the server from within this one. */
export const otherDatabases = async (
  session: Session,
  { isTracked }: CollationState,
): Promise<OtherDatabases> => {
  const common = await session.rows(Named, COMMON);
  const drifted = isTracked ? await session.rows(Named, DRIFTED) : [];
  return { common: common.map(({ name }) => name), drifted: drifted.map(({ name }) => name) };
};

const Server = z.object({ database: z.string(), versionNumber: z.coerce.number() });
const Named = z.object({ name: z.string() });

const SERVER = `SELECT current_database() AS database, current_setting('server_version_num') AS "versionNumber"`;

/** PostgreSQL refuses to refresh from or to no version at all, so that a superuser has to write it into the catalog. */
const mayRecord = (owner: string): string => `
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  OR (recorded IS NOT NULL AND actual IS NOT NULL AND pg_has_role(${owner}, 'USAGE'))`;

const OWN = `
  SELECT id::text AS oid, 'database' AS of, datname AS name, datlocprovider AS provider, recorded, actual, true AS "isUsed",
         ${mayRecord('datdba')} AS "mayRecord"
    FROM (SELECT *, oid AS id, datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual FROM pg_database) d
   WHERE datname = current_database() AND recorded IS DISTINCT FROM actual`;

const OTHERS = `
  SELECT id::text AS oid, 'collation' AS of, format('%I.%I', nspname, collname) AS name, collprovider AS provider, recorded, actual,
         EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_collation'::regclass AND refobjid = id) AS "isUsed",
         ${mayRecord('collowner')} AS "mayRecord"
    FROM (SELECT *, oid AS id, collversion AS recorded, pg_collation_actual_version(oid) AS actual FROM pg_collation
           WHERE collprovider <> 'd' AND collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))) c
    JOIN pg_namespace n ON n.oid = collnamespace
   WHERE recorded IS DISTINCT FROM actual ORDER BY 7 DESC, 3`;

/** As REINDEX names what it is building, and what it has replaced. */
const LEFTOVERS = `
  SELECT format('%I.%I', nspname, relname) AS name
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
   WHERE NOT indisvalid AND relkind = 'i' AND relname ~ '_cc(new|old)[0-9]*$' ORDER BY 1`;

const commonNames = `(${['postgres', 'template1'].map(literal).join(', ')})`;

const COMMON = `
  SELECT datname AS name FROM pg_database
   WHERE datallowconn AND datname IN ${commonNames} AND datname <> current_database() AND has_database_privilege(oid, 'CONNECT')
   ORDER BY 1`;

/** Of template0 no version is recorded, on purpose. */
const DRIFTED = `
  SELECT datname AS name FROM pg_database
   WHERE datallowconn AND datname <> current_database() AND datname NOT IN ${commonNames}
     AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid) ORDER BY 1`;
