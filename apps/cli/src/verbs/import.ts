import { Token } from '@nocodb-backup/events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.js';
import { type ImportManner, runImport } from '../import/run-import.js';
import { verbHelp } from '../verb-help.js';

/** `import`: the log gets to know the backups that lie in the vault. */
export const addImport = (program: Command, context: CliContext): void => {
  program
    .command('import')
    .summary('after the event log was lost: make it know every backup that lies in the vault')
    .description(
      'Looks at what lies in NOCODB_BACKUP_DIR and in the bucket of the restorer, and tells the event log of each backup that it does not know, by its manifest: list, show, verify and restores work on it as before. Nothing in the vault is changed; twice changes nothing. Encrypted backups need no key for it.',
    )
    .addOption(
      new Option(
        '--source <name>',
        'backups of this source; without it those of NOCODB_BACKUP_SOURCE',
      ).argParser(sourceOf),
    )
    .addOption(new Option('--any-source', 'backups of every source').conflicts('source'))
    .option('--deleted', 'also what lies there although the log says that it was deleted')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['import', 'import --any-source', "import --json | jq '.refused[] | .name, .reason'"], {
        done: 'the log knows every backup that lies there',
        failed: 'the vault could not be looked at, or no backup lies there',
        usage: true,
        partial: 'some were not imported, such as damaged ones; it names them and says why',
        interrupted: 'detached by Ctrl-C; the import goes on',
      }),
    )
    .action((manner: ImportManner) => runImport(context, manner));
};

const sourceOf = (text: string): string => {
  if (Token.safeParse(text).success) return text;
  throw new InvalidArgumentError('It must consist of letters, digits, "_" and "-".');
};
