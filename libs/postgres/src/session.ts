import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { z } from 'zod';
import type { PostgresConnection } from './connection.js';
import { driverError } from './postgres-error.js';

const CONNECT_LIMIT = 10_000;

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest time of one query, in milliseconds; 30 seconds if not given. */
  readonly queryLimit?: number;
}

/** One open connection. */
export interface Session {
  /** The rows of a query, checked against the schema. */
  rows<Schema extends z.ZodType>(schema: Schema, sql: string): Promise<z.output<Schema>[]>;
}

/**
 * Connects, runs the work, disconnects; an abort closes the connection at once.
 * Rejects with PermanentError for a wrong password, database or permission, with Error for what may pass.
 */
export const withSession = async <Result>(
  connection: PostgresConnection,
  { signal, queryLimit = 30_000 }: SessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  signal?.throwIfAborted();
  let socket: Socket | undefined;
  const newSocket = () => (socket = new Socket());
  const abort = () => socket?.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', abort);
  try {
    const client = await connected({ connection, queryLimit, newSocket });
    try {
      return await work(sessionOf(client, connection));
    } finally {
      void client.end().catch(() => undefined);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    signal?.throwIfAborted();
  }
};

interface Setting {
  readonly connection: PostgresConnection;
  readonly queryLimit: number;
  readonly newSocket: () => Socket;
}

const sessionOf = (client: pg.Client, connection: PostgresConnection): Session => ({
  rows: async (schema, sql) => {
    const { rows } = await client.query<Record<string, unknown>>(sql).catch((error: unknown) => {
      throw driverError(error, connection);
    });
    return rows.map((row) => schema.parse(row));
  },
});

const connected = async (setting: Setting): Promise<pg.Client> => {
  const { connection } = setting;
  try {
    return await connect(setting, await tlsOf(connection));
  } catch (error) {
    if (isRequired(connection) || !String(error).includes('does not support SSL'))
      throw driverError(error, connection);
  }
  return connect(setting, false).catch((error: unknown) => {
    throw driverError(error, connection);
  });
};

const connect = async (setting: Setting, ssl: ConnectionOptions | false): Promise<pg.Client> => {
  const { host, port, database, user, password = '' } = setting.connection;
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    ssl,
    application_name: 'nocodb-backup',
    connectionTimeoutMillis: CONNECT_LIMIT,
    query_timeout: setting.queryLimit,
    keepAlive: true,
    stream: setting.newSocket,
  });
  // The running query tells of a lost connection; without a listener an idle one would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const isRequired = ({ sslmode = 'prefer' }: PostgresConnection): boolean =>
  !['allow', 'prefer'].includes(sslmode);

/** What libpq does for the sslmode: `require` encrypts, `verify-ca` checks the signer, `verify-full` the name, too. */
const tlsOf = async ({
  host,
  sslmode,
  sslrootcert,
}: PostgresConnection): Promise<ConnectionOptions | false> => {
  if (sslmode === 'disable' || host.startsWith('/')) return false;
  const ca = sslrootcert === undefined ? {} : { ca: await readFile(sslrootcert) };
  if (sslmode === 'verify-full') return ca;
  const isChecked = sslmode === 'verify-ca' || sslrootcert !== undefined;
  return { ...ca, rejectUnauthorized: isChecked, checkServerIdentity: () => undefined };
};
