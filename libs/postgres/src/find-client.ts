import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { PermanentError } from '@nocodb-backup/events';

export type ClientProgram = 'pg_dump' | 'psql' | 'pg_restore';

/** An installed client program. */
export interface Client {
  readonly path: string;
  /** Such as `15.18`. */
  readonly version: string;
  readonly major: number;
}

/**
 * The client for a server: of the same major version, else the oldest that is newer, as clients refuse servers newer than themselves.
 * Throws PermanentError that tells what to install.
 */
export const findClient = async (
  program: ClientProgram,
  major: number,
  folders?: readonly string[],
): Promise<Client> =>
  chosenClient(program, major, await installedClients(program, folders ?? (await usualFolders())));

/** The choice among what is installed. */
export const chosenClient = (program: ClientProgram, major: number, clients: readonly Client[]): Client => {
  const [best] = clients.filter((client) => client.major >= major).sort((a, b) => a.major - b.major);
  if (best) return best;
  const found = clients.map(({ version, path }) => `${version} at ${path}`).join(', ');
  throw new PermanentError(
    `the server is PostgreSQL ${major}, and there is no ${program} of version ${major} or newer (found: ${found || 'none'}): ` +
      `install it, for example apt-get install postgresql-client-${major}`,
  );
};

/**
 * The psql that reads a dump into a server: one that knows `\restrict`, so that no file can make it run commands. Of the server's
 * major version or the oldest that is newer, else the newest there is. Throws PermanentError that tells what to install.
 */
export const findPsql = async (major: number, folders?: readonly string[]): Promise<Client> =>
  chosenPsql(major, await installedClients('psql', folders ?? (await usualFolders())));

/** The choice among what is installed. */
export const chosenPsql = (major: number, clients: readonly Client[]): Client => {
  const safe = clients.filter(knowsRestrict).sort((a, b) => a.major - b.major);
  const best = safe.find((client) => client.major >= major) ?? safe.at(-1);
  if (best) return best;
  const found = clients.map(({ version, path }) => `${version} at ${path}`).join(', ');
  throw new PermanentError(
    `there is no psql that can be kept from running commands of a dump (found: ${found || 'none'}): install 13.22, 14.19, 15.14, ` +
      `16.10, 17.6 or newer, for example apt-get update && apt-get install postgresql-client-${major}`,
  );
};

/** The first minor version of each major one that has it; all of 18. */
const RESTRICT_SINCE: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

const knowsRestrict = ({ major, version }: Client): boolean =>
  major >= 18 || Number(version.split('.')[1]) >= (RESTRICT_SINCE[major] ?? Infinity);

/** `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`; undefined when it is no such line. */
export const versionIn = (output: string): Pick<Client, 'version' | 'major'> | undefined => {
  const [, version, major] = /\(PostgreSQL\) ((\d+)[\w.]*)/.exec(output) ?? [];
  return version === undefined || major === undefined ? undefined : { version, major: Number(major) };
};

const installedClients = async (program: ClientProgram, folders: readonly string[]): Promise<Client[]> => {
  const paths = [...new Set(folders)].map((folder) => join(folder, program));
  const clients = await Promise.all(paths.map(clientAt));
  return clients.filter((client) => client !== undefined);
};

/** Debian's folder for each version, own builds, and PATH. */
const usualFolders = async (): Promise<string[]> => {
  const majors = await readdir('/usr/lib/postgresql').catch(() => []);
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...majors.map((major) => `/usr/lib/postgresql/${major}/bin`), '/usr/local/bin', ...path];
};

const clientAt = async (path: string): Promise<Client | undefined> => {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 5000, maxBuffer: 65_536 });
    const version = versionIn(stdout);
    return version && { path, ...version };
  } catch {
    return undefined;
  }
};
