import { connectionOf, nameOf } from '@nocodb-backup/postgres';
import { parseConfig } from '@nocodb-backup/service';
import type { Command } from 'commander';
import { Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { type Checked, ok } from '../doctor/check.js';
import { ExitCode } from '../exit-code.js';
import { checkCollations, type RepairWish } from '../init/check-collations.js';
import { InitSettings } from '../init/init-settings.js';
import { progressLine } from '../init/repair-finding.js';
import { waitForDatabase } from '../init/wait-for-database.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { checkedLine } from '../views/checked-line.js';

interface Options {
  readonly json?: true;
  readonly strict?: true;
}

type Settings = ReturnType<typeof InitSettings.parse>;

/** `init`: what is done before NocoDB starts. Needs nothing but the database. */
export const addInit = (program: Command, context: CliContext): void => {
  program
    .command('init')
    .summary('make the database ready before NocoDB starts')
    .description(
      "Waits for the database (INIT_DATABASE_TIMEOUT), then looks whether its text is still ordered as its indexes have it, which an update of the server's operating system can change (INIT_COLLATION_CHECK). With INIT_COLLATION_AUTO_FIX=true it rebuilds all indexes, and records the new version when every one of them is rebuilt. A warning does not keep NocoDB from starting.",
    )
    .option('--strict', 'end with 3 when there is a warning')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['init', 'init --strict', 'init --json | jq .checks'], {
        done: 'NocoDB can start; there may be warnings',
        failed: 'the database cannot be used',
        usage: true,
        partial: 'with --strict: there are warnings',
        interrupted: true,
      }),
    )
    .action((options: Options) => init(context, options));
};

const init = async (context: CliContext, { json, strict }: Options): Promise<void> => {
  const settings = parseConfig(InitSettings, context.environment());
  const checks = await checksOf(context, settings);
  const isHealthy = checks.every(({ status }) => status === 'ok');
  const colors = colorsOf(context.stdout);
  await (json
    ? printJson(context, { healthy: isHealthy, checks })
    : print(context, checks.map((checked) => checkedLine(checked, colors)).join('\n')));
  if (strict && !isHealthy) throw new Ended(ExitCode.partial);
};

const checksOf = async (context: CliContext, settings: Settings): Promise<Checked[]> => {
  const connection = connectionOf(settings);
  const version = await waitForDatabase(connection, {
    signal: context.signal,
    limitSeconds: settings.INIT_DATABASE_TIMEOUT,
    told: (reason) => {
      say(context, `waiting for the database: ${reason}`);
    },
  });
  if (version === undefined)
    return [{ name: 'database', ...ok(`there is no ${nameOf(connection)} yet: NocoDB makes it`) }];
  const database = { name: 'database', ...ok(`${nameOf(connection)}: PostgreSQL ${version}`) };
  if (!settings.INIT_COLLATION_CHECK)
    return [database, { name: 'collation', ...ok('not looked at (INIT_COLLATION_CHECK)') }];
  const repair = settings.INIT_COLLATION_AUTO_FIX ? repairWish(context, settings) : undefined;
  const findings = await checkCollations(connection, { signal: context.signal, repair });
  return [database, ...findings.map((finding) => ({ name: 'collation', ...finding }))];
};

const repairWish = (context: CliContext, settings: Settings): RepairWish => {
  let last = '';
  return {
    limitSeconds: settings.INIT_COLLATION_FIX_TIMEOUT,
    begun: (database) => {
      say(
        context,
        `${database}: rebuilding its indexes, for ${settings.INIT_COLLATION_FIX_TIMEOUT} s at most ...`,
      );
    },
    told: (progress) => {
      const line = progressLine(progress);
      if (line !== last) say(context, line);
      last = line;
    },
  };
};
