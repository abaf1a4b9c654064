import { connectionOf, DatabaseSettings } from '@nocodb-backup/postgres';
import { parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { checkCollations } from '../init/check-collations.js';
import type { AskDatabase } from './check-database.js';
import { type Check, type Finding, ok, warn } from './check.js';

/** Text in the database is still ordered as its indexes have it, whatever became of the operating system that it runs on. */
export const collationCheck = (context: CliContext, database: AskDatabase): Check => ({
  name: 'collation',
  find: async (signal) => {
    const facts = await database(signal).catch(() => 'unknown' as const);
    if (facts === undefined) return ok('not looked at (NOCODB_BACKUP_DATABASE_DUMP)');
    if (facts === 'unknown')
      return warn('not checked: the database does not answer', 'Mend the database first, then look again');
    const connection = connectionOf(parseConfig(DatabaseSettings, context.environment()));
    return together(await checkCollations(connection, { signal }));
  },
});

const together = (findings: readonly Finding[]): Finding => {
  const warnings = findings.filter(({ status }) => status !== 'ok');
  if (warnings.length === 0) return findings[0] ?? ok('not looked at');
  const advice = [...new Set(warnings.map((finding) => finding.advice))].join('. ');
  return warn(warnings.map(({ text }) => text).join('\n'), advice);
};
