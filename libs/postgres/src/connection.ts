import { z } from 'zod';

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** How to reach one database. `host` may be the folder of a Unix socket. */
export const PostgresConnection = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  database: z.string().min(1),
  user: z.string().min(1),
  password: z.string().optional(),
  /** As libpq has it; without it TLS where the server offers it. */
  sslmode: z.enum(sslModes).optional(),
  /** The file of the certificate authority that the server's certificate is checked against. */
  sslrootcert: z.string().optional(),
});
export type PostgresConnection = z.infer<typeof PostgresConnection>;

/** The connection that `postgres://user:password@host:port/database?sslmode=...` names. Errors never print the URL. */
export const connectionFromUrl = (text: string): PostgresConnection => {
  const url = URL.parse(text);
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error('must look like postgres://user:password@host:5432/database');
  const { searchParams } = url;
  const result = PostgresConnection.safeParse({
    host: searchParams.get('host') ?? decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: Number(searchParams.get('port') ?? (url.port || 5432)),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    sslmode: searchParams.get('sslmode') ?? undefined,
    sslrootcert: searchParams.get('sslrootcert') ?? undefined,
  });
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
};

/** How errors name the database: never with the password. */
export const nameOf = ({ host, port, database }: PostgresConnection): string =>
  `database "${database}" at ${host}:${port}`;

/**
 * The whole environment of a PostgreSQL client program. The password goes this way and never into the arguments, which every
 * user of the machine can read; nothing else of this process's environment is passed on.
 */
export const clientEnvironment = (connection: PostgresConnection): Record<string, string> =>
  definedOf({
    PATH: process.env.PATH,
    LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH,
    LC_ALL: 'C',
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGDATABASE: connection.database,
    PGUSER: connection.user,
    PGPASSWORD: connection.password,
    PGSSLMODE: connection.sslmode,
    PGSSLROOTCERT: connection.sslrootcert,
    PGCONNECT_TIMEOUT: '10',
  });

const definedOf = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
