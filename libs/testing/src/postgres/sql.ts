import pg from 'pg';

/** The superuser of every PostgreSQL for tests. */
export const superuser = { user: 'postgres', password: 'postgres' };

/** The connection URL of a database on this machine; without more, of the superuser to `postgres`. */
export const databaseUrl = (
  port: number,
  { database = 'postgres', user = superuser.user, password = superuser.password } = {},
) => {
  const credentials = [user, password].map(encodeURIComponent).join(':');
  // The client of Node.js decodes a path as decodeURI does: what encodeURIComponent makes of "&" would stay.
  return `postgresql://${credentials}@127.0.0.1:${port}/${encodeURI(database)}`;
};

/** Runs some statements on one connection, which is closed afterwards. */
export const withClient = async <T>(url: string, use: (client: pg.Client) => Promise<T>) => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
};
