import pg from 'pg';

const missingDatabase = '3D000';

/** Connects; makes the database where the server has none of that name and lets us. `broken` is told once the connection breaks. */
export const connectedClient = async (url: string, broken: () => void): Promise<pg.Client> => {
  try {
    return await connected(url, broken);
  } catch (error) {
    if ((error as { code?: unknown }).code !== missingDatabase) throw error;
    await createDatabase(url, error as Error);
    return connected(url, broken);
  }
};

const connected = async (url: string, broken: () => void): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'nocodb-backup catalog',
  });
  client.on('error', broken);
  client.on('end', broken);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
};

const createDatabase = async (url: string, reason: Error): Promise<void> => {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  try {
    const client = await connected(elsewhere.href, () => undefined);
    try {
      await client.query(`create database ${pg.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  } catch (error) {
    throw new Error(
      `${reason.message}, and the user of CATALOG_DATABASE_URL cannot make it: ${(error as Error).message}. Create it: create database ${pg.escapeIdentifier(name)}`,
      { cause: error },
    );
  }
};
