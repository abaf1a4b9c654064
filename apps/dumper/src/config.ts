import { connectionFromUrl, type PostgresConnection } from '@nocodb-backup/postgres';
import { integer } from '@nocodb-backup/service';
import { z } from 'zod';

/** `DATABASE_URL` wins over the single variables. */
export const DumperConfig = z.object({
  DATABASE_URL: z
    .string()
    .transform((url, context) => parsedUrl(url, context))
    .optional(),
  DATABASE_HOST: z.string().default('database-server'),
  DATABASE_PORT: integer(1, 65_535, 5432),
  DATABASE_NAME: z.string().default('nocodb'),
  DATABASE_USER: z.string().default('nocodb'),
  DATABASE_PASSWORD: z.string().optional(),
  /** The data directory of NocoDB; reading is enough. */
  NOCODB_DATA_PATH: z.string().default('/nocodb-data'),
  /** Seconds. */
  NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT: integer(1, 7 * 86_400, 1800),
  NOCODB_BACKUP_DIR: z.string().default('/data'),
});
export type DumperConfig = z.output<typeof DumperConfig>;

/** The database that the variables name. */
export const connectionOf = (config: DumperConfig): PostgresConnection =>
  config.DATABASE_URL ?? {
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    user: config.DATABASE_USER,
    password: config.DATABASE_PASSWORD,
  };

const parsedUrl = (url: string, context: z.RefinementCtx): PostgresConnection => {
  try {
    return connectionFromUrl(url);
  } catch (error) {
    // Without the input: the URL holds the password.
    context.addIssue({ code: 'custom', message: (error as Error).message, input: undefined });
    return z.NEVER;
  }
};
