import type { Command } from 'commander';
import { colorsOf, type CliContext } from '../context.js';
import { allKnownBackups, backupsKnownAt } from '../known-backups.js';
import { instantOfText, pastInstant } from '../position.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { backupTable } from '../views/backup-table.js';
import { timeText } from '../views/figures.js';

interface Options {
  readonly all?: true;
  readonly at?: Date;
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
    .option(
      '--at <time>',
      'as the event log knew them at that time (UTC), such as 2026-02-05T05:15',
      instantOfText,
    )
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      verbHelp(
        [
          'list',
          'list --at 2026-02-05T12:00',
          'list --json | jq -r \'.[] | select(.verdict == "complete") | .id\'',
        ],
        {
          done: true,
          failed:
            'neither the event log nor the backup directory can be read; with --at: the event log cannot',
          usage: true,
        },
      ),
    )
    .action((options: Options) => list(context, options));
};

const list = async (context: CliContext, { all, at, json }: Options): Promise<void> => {
  const now = context.now();
  const instant = at === undefined ? now : pastInstant(at, now);
  const known = await (at === undefined ? allKnownBackups(context) : backupsKnownAt(context, instant));
  const backups = all ? known : known.filter(({ verdict }) => verdict !== 'deleted');
  if (json) return printJson(context, backups);
  if (at !== undefined) say(context, `As the event log knew it at ${timeText(instant)} UTC:`);
  if (backups.length > 0) return print(context, backupTable(backups, instant, colorsOf(context.stdout)));
  say(
    context,
    at === undefined ? 'There are no backups yet. Make one: nocodb-backup backup' : 'There were no backups.',
  );
};
