import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresServer } from '../postgres/start-postgres.js';
import { freePort } from '../process/free-port.js';
import { type RunningServer, runServer } from '../process/run-server.js';
import { serverFolder } from '../process/server-folder.js';
import { createToken, isHealthy, signIn } from './accounts.js';
import { ensureNocoDb, packageFolder } from './ensure-nocodb.js';

/** What a test may choose about its NocoDB. */
export interface NocoDbOptions {
  readonly postgres: PostgresServer;
  /** The database for NocoDB's own tables and all data; made, with an owner of its own, if it is not there. */
  readonly database?: string;
  /** Keeps NocoDB's data directory and log here, and leaves them at the end. */
  readonly dir?: string;
  readonly port?: number;
  readonly adminPassword?: string;
  /** Further environment variables of NocoDB, for example `NC_SECURE_ATTACHMENTS`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A NocoDB that lives as long as a test. */
export interface NocoDbServer extends RunningServer {
  readonly url: string;
  readonly port: number;
  /** NocoDB's data directory, with the attachments below `nc/uploads`. */
  readonly dataDir: string;
  /** Of the role that owns the database, with its password. */
  readonly databaseUrl: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** A session of the admin (header `xc-auth`), good for ten hours. */
  readonly signIn: () => Promise<string>;
  /** A new API token of the admin (header `xc-token`). */
  readonly createToken: (description?: string) => Promise<string>;
}

const adminEmail = 'admin@example.com';
const role = 'nocodb';

/** Starts a real NocoDB on a database of the given PostgreSQL, and waits until its admin can sign in. */
export const startNocoDb = async (options: NocoDbOptions): Promise<NocoDbServer> => {
  const folder = await ensureNocoDb();
  const database = options.database ?? 'nocodb';
  const databaseUrl = await options.postgres.createDatabase(database, role);
  const { dir, remove } = await serverFolder('nocodb', options.dir);
  const dataDir = join(dir, 'data');
  await mkdir(dataDir, { recursive: true });
  const port = options.port ?? (await freePort());
  const admin = {
    url: `http://127.0.0.1:${port}`,
    email: adminEmail,
    password: options.adminPassword ?? randomUUID(),
  };
  const program = {
    ...nocodb(folder, dir),
    env: environment({ ...admin, port, dataDir, database }, options),
    ready: async (signal: AbortSignal) =>
      (await isHealthy(admin.url, signal)) && (await signIn(admin)) !== '',
    afterStop: remove,
  };
  const server = await runServer(program, options.signal);
  return Object.assign(server, {
    url: admin.url,
    port,
    dataDir,
    databaseUrl,
    adminEmail,
    adminPassword: admin.password,
    signIn: () => signIn(admin),
    createToken: (description = 'test') => createToken(admin, description),
  });
};

const nocodb = (folder: string, dir: string) => ({
  name: 'NocoDB',
  command: process.execPath,
  args: ['--require', join(packageFolder, 'no-sqlite.cjs'), join(packageFolder, 'run.cjs')],
  cwd: folder,
  logFile: join(dir, 'nocodb.log'),
  startTimeoutMs: 180_000,
});

const environment = (
  own: { password: string; port: number; dataDir: string; database: string },
  { postgres, env }: NocoDbOptions,
) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: 'production',
  PORT: String(own.port),
  NC_TOOL_DIR: own.dataDir,
  NC_DB: `pg://${postgres.host}:${postgres.port}?u=${role}&p=${role}&d=${encodeURIComponent(own.database)}`,
  NC_ADMIN_EMAIL: adminEmail,
  NC_ADMIN_PASSWORD: own.password,
  NC_DISABLE_TELE: 'true',
  NC_DISABLE_ERR_REPORTS: 'true',
  ...env,
});
