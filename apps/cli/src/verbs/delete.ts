import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { type DeletionManner, runDeletion } from '../keeping/run-deletion.js';
import { verbHelp } from '../verb-help.js';

/** `delete <id>`: a backup is removed for good. */
export const addDelete = (program: Command, context: CliContext): void => {
  program
    .command('delete')
    .alias('rm')
    .summary('delete a backup for good')
    .description(
      'Deletes a backup for good, locally and in S3. Asks for its id first. Refuses the newest good backup, and one that is pinned, unless --force says so, and always one that is being made.',
    )
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--local-only', 'only the local copy; what lies in S3 stays')
    .option('--force', 'do not ask; also the newest good backup, and a pinned one')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(
        [
          'delete 2026-02-05_05-15-00',
          'delete 2026-02-05_05-15-00 --local-only',
          'delete 2026-02-05_05-15-00 --force --json',
        ],
        {
          done: 'it is gone',
          partial: 'it is gone in one place, and still there in the other',
          failed: 'a place did not let it go, such as a locked bucket; it says why',
          usage: true,
          unknownBackup: true,
          refused: 'refused, or not confirmed: nothing was touched',
          interrupted: 'detached by Ctrl-C; a deletion that was requested will be done',
        },
      ),
    )
    .action((id: string, manner: DeletionManner) => runDeletion(context, id, manner));
};
