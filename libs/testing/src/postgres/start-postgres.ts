import { chown, mkdir, realpath } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../process/free-port.js';
import { type RunningServer, runServer } from '../process/run-server.js';
import { serverFolder } from '../process/server-folder.js';
import { initDatabase } from './init-database.js';
import { postgresBinaries } from './postgres-binaries.js';
import { databaseUrl, superuser, withClient } from './sql.js';
import { systemUser } from './system-user.js';

/** What a test may choose about its PostgreSQL. */
export interface PostgresOptions {
  /** Keeps the data directory here, and leaves it at the end; it must be reachable for the user `postgres` when we are root. */
  readonly dir?: string;
  readonly port?: number;
  /** The major version; without it the newest one that is installed. */
  readonly major?: number;
  /** Server settings, for example `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A PostgreSQL server that lives as long as a test. Connections need a password, as in real life. */
export interface PostgresServer extends RunningServer {
  /** Of the superuser, with the password, to the database `postgres`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
  readonly binDir: string;
  readonly dataDir: string;
  /** Makes a database if it is not there; with an owner (made too, its password is its name) the returned URL is the owner's. */
  readonly createDatabase: (name: string, owner?: string) => Promise<string>;
  /** The rows of one statement, by the superuser. */
  readonly query: <Row extends pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
    database?: string,
  ) => Promise<Row[]>;
}

/** Starts PostgreSQL with settings that favour speed over safety; the server that answers is the one that was started. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const binDir = postgresBinaries(options.major);
  if (!binDir) {
    throw new Error(
      `PostgreSQL ${options.major ?? ''} is not installed. Run: apt-get install postgresql (npm test and npm run demo do)`,
    );
  }
  const { dir, remove } = await serverFolder('postgres', options.dir);
  const dataDir = await prepare(binDir, dir);
  const port = options.port ?? (await freePort());
  const program = { ...postgres({ binDir, dir, dataDir, port }, options.settings), afterStop: remove };
  const server = await runServer(program, options.signal);
  return Object.assign(server, facilities(port), { binDir, dataDir });
};

const prepare = async (binDir: string, dir: string) => {
  await mkdir(dir, { recursive: true });
  const user = systemUser();
  if (user) await chown(dir, user.uid, user.gid);
  const dataDir = join(await realpath(dir), 'data');
  if (!existsSync(join(dataDir, 'PG_VERSION'))) await initDatabase({ binDir, dir, dataDir, user });
  return dataDir;
};

const speed = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  max_wal_size: '2GB',
};

const postgres = (
  at: { binDir: string; dir: string; dataDir: string; port: number },
  settings: Readonly<Record<string, string>> = {},
) => {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...speed, ...settings };
  const user = systemUser();
  return {
    name: 'PostgreSQL',
    command: join(at.binDir, 'postgres'),
    args: [
      '-D',
      at.dataDir,
      '-p',
      String(at.port),
      ...Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    logFile: join(at.dir, 'postgres.log'),
    cwd: at.dir,
    ...(user && { user }),
    startTimeoutMs: 60_000,
    stopSignal: 'SIGINT' as const,
    ready: () => isServing(at.port, at.dataDir),
  };
};

const isServing = async (port: number, dataDir: string) => {
  try {
    const show = await withClient(databaseUrl(port), (client) =>
      client.query<{ data_directory: string }>('show data_directory'),
    );
    return show.rows[0]?.data_directory === dataDir;
  } catch {
    return false;
  }
};

const facilities = (port: number) => {
  const query = async <Row extends pg.QueryResultRow>(
    sql: string,
    values: unknown[] = [],
    database = 'postgres',
  ) =>
    withClient(
      databaseUrl(port, { database }),
      async (client) => (await client.query<Row>(sql, values)).rows,
    );
  const createRole = async (name: string) => {
    const found = await query('select from pg_roles where rolname = $1', [name]);
    if (found.length === 0)
      await query(`create role ${quoted(name)} login password ${pg.escapeLiteral(name)}`);
  };
  const createDatabase = async (name: string, owner?: string) => {
    if (owner !== undefined) await createRole(owner);
    const found = await query('select from pg_database where datname = $1', [name]);
    if (found.length === 0)
      await query(`create database ${quoted(name)} owner ${quoted(owner ?? superuser.user)}`);
    return databaseUrl(port, {
      database: name,
      ...(owner !== undefined && { user: owner, password: owner }),
    });
  };
  return {
    url: databaseUrl(port),
    host: '127.0.0.1',
    port,
    superuser: superuser.user,
    password: superuser.password,
    query,
    createDatabase,
  };
};

const quoted = (name: string) => pg.escapeIdentifier(name);
