import { z } from 'zod';
import { connectionFromUrl, type PostgresConnection } from './connection.js';

const parsedUrl = (url: string, context: z.RefinementCtx): PostgresConnection => {
  try {
    return connectionFromUrl(url);
  } catch (error) {
    // Without the input: the URL holds the password.
    context.addIssue({ code: 'custom', message: (error as Error).message, input: undefined });
    return z.NEVER;
  }
};

/** The variables that say where NocoDB's database is; `DATABASE_URL` wins over the single ones. */
export const DatabaseSettings = z.object({
  DATABASE_URL: z.string().transform(parsedUrl).optional(),
  DATABASE_HOST: z.string().default('database-server'),
  DATABASE_PORT: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1)
    .max(65_535)
    .default(5432),
  DATABASE_NAME: z.string().default('nocodb'),
  DATABASE_USER: z.string().default('nocodb'),
  DATABASE_PASSWORD: z.string().optional(),
});
export type DatabaseSettings = z.output<typeof DatabaseSettings>;

/** The database that the variables name. */
export const connectionOf = (settings: DatabaseSettings): PostgresConnection =>
  settings.DATABASE_URL ?? {
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    database: settings.DATABASE_NAME,
    user: settings.DATABASE_USER,
    password: settings.DATABASE_PASSWORD,
  };
