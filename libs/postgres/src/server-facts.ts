import { z } from 'zod';
import type { PostgresConnection } from './connection.js';
import { type Session, type SessionOptions, withSession } from './session.js';

/** What a restore target must match, or be newer than. */
export interface ServerFacts {
  /** As `server_version_num`: 150018 for 15.18. */
  readonly versionNumber: number;
  readonly version: string;
  readonly major: number;
  readonly encoding: string;
  readonly collation: {
    /** `libc`, `icu` or `builtin`. */
    readonly provider: string;
    readonly collate: string;
    readonly ctype: string;
    /** The library's version when the database was made, or last refreshed; null where PostgreSQL records none. */
    readonly version: string | null;
    /** The library's version now: another one may mean corrupt indexes. */
    readonly actualVersion: string | null;
  };
  /** On the server's disk, indexes and dead rows included. */
  readonly sizeBytes: number;
}

/** Asks the server what it is. */
export const serverFacts = (
  connection: PostgresConnection,
  options: SessionOptions = {},
): Promise<ServerFacts> => withSession(connection, options, factsOf);

/** The columns of pg_database differ from version to version, so it is read as a document. */
const Row = z.object({
  number: z.coerce.number(),
  version: z.string(),
  encoding: z.string(),
  size: z.coerce.number(),
  database: z.object({
    datcollate: z.string(),
    datctype: z.string(),
    datlocprovider: z.string().default('c'),
    datlocale: z.string().nullish(),
    daticulocale: z.string().nullish(),
    datcollversion: z.string().nullish(),
  }),
});
const Actual = z.object({ version: z.string().nullable() });

const PROVIDERS: Readonly<Record<string, string>> = { c: 'libc', i: 'icu', b: 'builtin' };

/** The same over a connection that is open already. */
export const factsOf = async (session: Session): Promise<ServerFacts> => {
  const [row] = await session.rows(Row, FACTS);
  if (!row) throw new Error('PostgreSQL does not know the database it is connected to');
  const { number: versionNumber, version, encoding, size: sizeBytes, database } = row;
  const major = Math.floor(versionNumber / 10_000);
  const [actual] = major < 15 ? [] : await session.rows(Actual, ACTUAL_COLLATION);
  const locale = database.datlocale ?? database.daticulocale;
  const collation = {
    provider: PROVIDERS[database.datlocprovider] ?? database.datlocprovider,
    collate: locale ?? database.datcollate,
    ctype: locale ?? database.datctype,
    version: database.datcollversion ?? null,
    actualVersion: actual?.version ?? null,
  };
  return { versionNumber, version, major, encoding, collation, sizeBytes };
};

const FACTS = `
  SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version,
         pg_encoding_to_char(encoding) AS encoding, pg_database_size(oid)::text AS size, to_jsonb(d) AS database
    FROM pg_database d WHERE datname = current_database()`;

const ACTUAL_COLLATION = `
  SELECT pg_database_collation_actual_version(oid) AS version FROM pg_database WHERE datname = current_database()`;
