import {
  connectionOf,
  DatabaseSettings,
  findClient,
  nameOf,
  type ServerFacts,
  serverFacts,
} from '@nocodb-backup/postgres';
import { BackupSettings, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { sizeText } from '../views/figures.js';
import { type Check, ok, warn } from './check.js';

const notWanted = ok('not wanted (NOCODB_BACKUP_DATABASE_DUMP)');

/** What the database's server says of itself, or undefined when no dump is wanted. */
export type AskDatabase = (signal: AbortSignal) => Promise<ServerFacts | undefined>;

/** Asks the server once, however many checks want to know. */
export const askDatabase = (context: CliContext): AskDatabase => {
  let answer: ReturnType<AskDatabase> | undefined;
  return (signal) => (answer ??= ask(context, signal));
};

const ask: (context: CliContext, signal: AbortSignal) => ReturnType<AskDatabase> = async (
  context,
  signal,
) => {
  const settings = parseConfig(BackupSettings.extend(DatabaseSettings.shape), context.environment());
  if (!settings.NOCODB_BACKUP_DATABASE_DUMP) return undefined;
  return serverFacts(connectionOf(settings), { signal, queryLimit: 8000 });
};

/** The database can be reached with this password. */
export const databaseCheck = (context: CliContext, database: AskDatabase): Check => ({
  name: 'database',
  find: async (signal) => {
    const facts = await database(signal);
    if (!facts) return notWanted;
    const connection = connectionOf(parseConfig(DatabaseSettings, context.environment()));
    return ok(`${nameOf(connection)}: PostgreSQL ${facts.version}, ${sizeText(facts.sizeBytes)}`);
  },
});

/** There is a pg_dump that is as new as the server. */
export const dumpCheck = (database: AskDatabase): Check => ({
  name: 'pg_dump',
  find: async (signal) => {
    const facts = await database(signal).catch(() => 'unknown' as const);
    if (facts === undefined) return notWanted;
    if (facts === 'unknown')
      return warn(
        'not checked: the database does not say its version',
        'Mend the database first, then look again',
      );
    const { version, path } = await findClient('pg_dump', facts.major);
    return ok(`${version} at ${path}, for PostgreSQL ${facts.version}`);
  },
});
