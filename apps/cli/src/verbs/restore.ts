import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { runFullRestore } from '../restore/run-full-restore.js';
import { verbHelp } from '../verb-help.js';

interface Options {
  readonly full?: true;
  readonly force?: true;
  readonly plan?: true;
  readonly json?: true;
}

/** `restore <id> --full`: the guided way back after everything was lost. */
export const addRestore = (program: Command, context: CliContext): void => {
  program
    .command('restore')
    .summary('disaster recovery, guided: REPLACES database and data files')
    .description(
      'Puts the database back, then the data files, with checks between, and says what to start next. REPLACES both; what was there is kept aside until the next restore. Stop NocoDB first.',
    )
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--full', 'database and data files: all of it')
    .option(
      '--force',
      'do not show the plan, and do not ask; disconnects NocoDB from the database if it runs, and replaces its files all the same',
    )
    .option('--plan', 'only show what would be done; touches nothing')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['restore 2026-02-05_05-15-00 --full --plan', 'restore 2026-02-05_05-15-00 --full'], {
        done: 'everything is back (with --plan: the plans are printed)',
        partial: 'done in part: something was left out, or is not in the backup; it says what',
        failed: 'it stopped; it says what is restored, what is not, and how to go on',
        usage: true,
        unknownBackup: true,
        refused: 'refused, or not confirmed: nothing was touched',
        interrupted: 'detached by Ctrl-C; a restore that was requested goes on',
      }),
    )
    .action((id: string, { full, ...manner }: Options) => {
      if (!full) throw whichOne(id);
      return runFullRestore(context, id, manner);
    });
};

const whichOne = (id: string): CliError =>
  new CliError(
    ExitCode.usage,
    [
      'what is to be restored?',
      `  nocodb-backup restore ${id} --full         database and data files, guided`,
      `  nocodb-backup restore-dump ${id}           the database`,
      `  nocodb-backup restore-files ${id}          the data files`,
      `  nocodb-backup restore-schema ${id}         bases and tables, over the API`,
      `  nocodb-backup restore-records ${id}        records and links, over the API`,
      `  nocodb-backup restore-attachments ${id}    attached files that are missing, over the API`,
      'Each of them shows with --plan what it would do, and touches nothing.',
    ].join('\n'),
  );
