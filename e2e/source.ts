import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import { Api } from './api.js';

/** A real NocoDB on a real PostgreSQL, and how the program is told of them. */
export interface Source {
  readonly postgres: PostgresServer;
  readonly nocodb: NocoDbServer;
  readonly api: Api;
  readonly variables: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export const startSource = async (): Promise<Source> => {
  const postgres = await startPostgres();
  const nocodb = await startNocoDb({ postgres }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  const token = await nocodb.createToken();
  return {
    postgres,
    nocodb,
    api: new Api(nocodb.url, { token, session: await nocodb.signIn() }),
    variables: {
      NOCODB_API_URL: nocodb.url,
      NOCODB_API_TOKEN: token,
      NOCODB_DATA_PATH: nocodb.dataDir,
      DATABASE_HOST: postgres.host,
      DATABASE_PORT: String(postgres.port),
      DATABASE_NAME: 'nocodb',
      DATABASE_USER: 'nocodb',
      DATABASE_PASSWORD: 'nocodb',
    },
    stop: async () => {
      await nocodb.stop();
      await postgres.stop();
    },
  };
};
