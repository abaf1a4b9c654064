import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { readBackups } from '../read-backups.js';
import { type NamedTable, tableHistory } from '../table-history/table-history.js';
import { verbHelp } from '../verb-help.js';
import { historyTable } from '../views/history-table.js';

interface Options extends NamedTable {
  readonly json?: true;
}

/** `history --table <t>`: how a table grew from backup to backup, and when it shrank. */
export const addHistory = (program: Command, context: CliContext): void => {
  program
    .command('history')
    .summary('show how a table grew from backup to backup, and when it shrank')
    .description(
      'Shows what each backup found of a table, oldest first: records, links, attached files, stored bytes, a hash of the content, and what changed since the last time. Reads the event log alone: also backups that are deleted, or were imported, are in it. "unchanged" is told by the hash, which encrypted backups have, too; for backups of earlier versions by the digests of their files, and "same counts" means that these do not tell.',
    )
    .option('--base <title|id>', 'the base that it is in, where several have such a table')
    .requiredOption('--table <title|id>', 'the table; one that was renamed is found by each of its titles')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      verbHelp(
        ['history --base "CRM" --table "Orders"', 'history --table Orders --json | jq ".[].records"'],
        {
          done: true,
          failed: 'the event log cannot be read',
          usage: 'wrong usage, or no export in the log has such a table',
        },
      ),
    )
    .action((options: Options) => history(context, options));
};

const history = async (context: CliContext, { base, table, json }: Options): Promise<void> => {
  await using open = await openLog(context);
  const states = tableHistory(await readBackups(open.log, { signal: context.signal }), { base, table });
  if (states.length === 0)
    throw new CliError(
      ExitCode.usage,
      `no backup of the event log has a table "${table}"${base === undefined ? '' : ` in a base "${base}"`}: nocodb-backup show <id> lists the tables of a backup`,
    );
  const ids = new Set(states.map(({ tableId }) => tableId));
  if (ids.size > 1)
    say(
      context,
      `note: ${ids.size} tables have that name, or were made anew: ${[...ids].join(', ')}. One of them: --table <id>`,
    );
  await (json ? printJson(context, states) : print(context, historyTable(states, colorsOf(context.stdout))));
};
