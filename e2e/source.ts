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

/** What a test may choose about its source. */
export interface SourceOptions {
  /** One that runs already, and goes on when the source is stopped. */
  readonly postgres?: PostgresServer;
  readonly database?: string;
  /** Further variables of NocoDB. */
  readonly env?: Readonly<Record<string, string>>;
}

export const startSource = async ({
  postgres: given,
  database = 'nocodb',
  env = {},
}: SourceOptions = {}): Promise<Source> => {
  const postgres = given ?? (await startPostgres());
  const stopPostgres = async () => {
    if (!given) await postgres.stop();
  };
  const nocodb = await startNocoDb({ postgres, database, env }).catch(async (error: unknown) => {
    await stopPostgres();
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
      DATABASE_NAME: database,
      DATABASE_USER: 'nocodb',
      DATABASE_PASSWORD: 'nocodb',
    },
    stop: async () => {
      await nocodb.stop();
      await stopPostgres();
    },
  };
};
