import { aptGet } from '../process/apt-get.js';
import { postgresBinaries } from './postgres-binaries.js';

/** What `ensurePostgres` needs to know. */
export interface EnsureOptions {
  readonly major?: number;
  /** Told, in a line, what is being done when it takes a while. */
  readonly say: (line: string) => void;
}

/** The folder with PostgreSQL's programs, installed by apt first if they are missing and we are root on Debian or Ubuntu. */
export const ensurePostgres = async ({ major, say }: EnsureOptions) => {
  const present = postgresBinaries(major);
  if (present) return present;
  const wanted = major === undefined ? 'postgresql' : `postgresql-${major}`;
  if (process.getuid?.() !== 0) {
    throw new Error(
      `the PostgreSQL server programs are missing (looked in /usr/lib/postgresql/*/bin and on PATH). Run: sudo apt-get install ${wanted}`,
    );
  }
  say(`installing ${wanted} by apt-get (once, about a minute) ...`);
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', wanted);
  const installed = postgresBinaries(major);
  if (installed) return installed;
  throw new Error(
    `apt-get installed ${wanted}, but there is no /usr/lib/postgresql/*/bin/postgres. Install PostgreSQL by hand.`,
  );
};
