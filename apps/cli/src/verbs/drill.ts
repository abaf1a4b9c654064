import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { verbHelp } from '../verb-help.js';
import { runVerification } from '../verification/run-verification.js';

interface Options {
  readonly json?: true;
}

/** `drill [<id>]`: can a backup be restored? */
export const addDrill = (program: Command, context: CliContext): void => {
  program
    .command('drill')
    .summary('restore the dump of a backup on trial, into a scratch database')
    .description(
      'Restores the dump of a backup into a scratch database, compares the rows of every table with what was dumped, and removes the database again. Your own database is not touched. It needs room for one more on the server: NOCODB_BACKUP_DRILL_DATABASE_URL names another server. Without an id it takes the newest complete backup.',
    )
    .argument('[id]', 'backup id, such as 2026-02-05_05-15-00')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['drill', 'drill 2026-02-05_05-15-00', 'drill --json | jq .verdict'], {
        done: 'the dump was restored as it was backed up',
        failed: 'it was not, or the drill could not be done; it says which',
        usage: true,
        unknownBackup: true,
        interrupted: 'detached by Ctrl-C; the drill goes on',
      }),
    )
    .action((id: string | undefined, options: Options) =>
      runVerification(context, { id, kind: 'drill', sample: 'full', ...options }),
    );
};
