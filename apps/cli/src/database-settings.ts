import { connectionFromUrl, type PostgresConnection } from '@nocodb-backup/postgres';
import { integer } from '@nocodb-backup/service';
import { z } from 'zod';

const parsedUrl = (url: string, context: z.RefinementCtx): PostgresConnection => {
  try {
    return connectionFromUrl(url);
  } catch (error) {
    // Without the input: the URL holds the password.
    context.addIssue({ code: 'custom', message: (error as Error).message, input: undefined });
    return z.NEVER;
  }
};

/** Where NocoDB's database is; `DATABASE_URL` wins over the single variables. */
export const DatabaseSettings = z.object({
  DATABASE_URL: z.string().transform(parsedUrl).optional(),
  DATABASE_HOST: z.string().default('database-server'),
  DATABASE_PORT: integer(1, 65_535, 5432),
  DATABASE_NAME: z.string().default('nocodb'),
  DATABASE_USER: z.string().default('nocodb'),
  DATABASE_PASSWORD: z.string().optional(),
});
export type DatabaseSettings = z.output<typeof DatabaseSettings>;

/** The database that the variables name. */
export const databaseOf = (settings: DatabaseSettings): PostgresConnection =>
  settings.DATABASE_URL ?? {
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    database: settings.DATABASE_NAME,
    user: settings.DATABASE_USER,
    password: settings.DATABASE_PASSWORD,
  };
