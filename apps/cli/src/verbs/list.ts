import type { Command } from 'commander';
import { colorsOf, type CliContext } from '../context.js';
import { allKnownBackups } from '../known-backups.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { backupTable } from '../views/backup-table.js';

interface Options {
  readonly all?: true;
  readonly json?: true;
}

/** `list`: all backups, newest first. */
export const addList = (program: Command, context: CliContext): void => {
  program
    .command('list')
    .alias('ls')
    .summary('list all backups, newest first')
    .description(
      'Lists all backups, newest first: those of the event log, and those that lie in NOCODB_BACKUP_DIR although the log does not know them. Works with either of the two.',
    )
    .option('--all', 'also those that are deleted')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      verbHelp(['list', 'list --json | jq -r \'.[] | select(.verdict == "complete") | .id\''], {
        done: true,
        failed: 'neither the event log nor the backup directory can be read',
        usage: true,
      }),
    )
    .action((options: Options) => list(context, options));
};

const list = async (context: CliContext, { all, json }: Options): Promise<void> => {
  const known = await allKnownBackups(context);
  const backups = all ? known : known.filter(({ verdict }) => verdict !== 'deleted');
  if (json) return printJson(context, backups);
  if (backups.length > 0)
    return print(context, backupTable(backups, context.now(), colorsOf(context.stdout)));
  say(context, 'There are no backups yet. Make one: nocodb-backup backup');
};
