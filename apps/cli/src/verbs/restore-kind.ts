import { type RestoreKind, RestoreOptions, RestoreScope } from '@nocodb-backup/events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.js';
import { type Manner, runRestore } from '../restore/run-restore.js';
import { verbHelp } from '../verb-help.js';

/** One of the verbs that restore one kind of thing. */
export interface RestoreVerb {
  readonly kind: RestoreKind;
  readonly summary: string;
  readonly description: string;
  /** What `--force` means to it, besides not asking. */
  readonly forces?: string;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** What it does not put back by itself, and so ends with 3. */
  readonly partial: string;
}

type Flags = Manner & RestoreScope & Partial<RestoreOptions>;

/** Adds `restore-<kind> <id>`. */
export const addRestoreKind = (program: Command, context: CliContext, verb: RestoreVerb): void => {
  const { kind, summary, description, options, examples, partial } = verb;
  const command = program
    .command(`restore-${kind}`)
    .summary(summary)
    .description(description)
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00');
  for (const option of [...options, ...mannerOptions(verb)]) command.addOption(option);
  command
    .addHelpText(
      'after',
      verbHelp(
        examples.map((example) => `restore-${kind} ${example}`),
        {
          done: 'everything is back (with --plan: the plan is printed; with --no-wait: requested)',
          partial,
          failed: 'it failed; the reason says what is left behind',
          usage: true,
          unknownBackup: true,
          refused: 'refused by the restorer, or not confirmed: nothing was touched',
          interrupted: 'detached by Ctrl-C; a restore that was requested goes on',
        },
      ),
    )
    .action((id: string, flags: Flags) => runRestore(context, wishOf(kind, id, flags), flags));
};

const mannerOptions = ({ forces }: RestoreVerb): Option[] => [
  new Option('--force', ['do not show the plan, and do not ask', ...(forces ? [forces] : [])].join('; ')),
  new Option('--plan', 'only show what would be done; touches nothing'),
  new Option('--no-wait', 'only request it; prints the id of the restore').conflicts('plan'),
  new Option('--json', 'print a JSON object'),
];

const wishOf = (kind: RestoreKind, backupId: string, flags: Flags) => ({
  backupId,
  kind,
  scope: RestoreScope.strip().parse(flags),
  options: RestoreOptions.strip().parse(flags),
});

/** Which part of the backup: for the kinds that go through the API. */
export const scopeOptions = (): Option[] => [
  new Option('--base <title|id>', 'only this base of the backup').argParser(nameOf),
  new Option(
    '--table <title|id>',
    'only this table; name its base, too, where several have one of that title',
  ).argParser(nameOf),
];

const nameOf = (text: string): string => {
  if (text.length > 0 && text.length <= 255) return text;
  throw new InvalidArgumentError('It must have 1 to 255 characters.');
};
