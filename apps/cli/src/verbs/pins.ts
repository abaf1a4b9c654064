import { backupIdOf } from '@nocodb-backup/backup';
import { BackupPinned, BackupUnpinned } from '@nocodb-backup/events';
import { type Command, InvalidArgumentError } from 'commander';
import { appendInFreeSecond } from '../append-in-free-second.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { knownOne } from '../keeping/known-one.js';
import { openLog } from '../open-log.js';
import { print, printJson } from '../print.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';

interface Options {
  readonly reason?: string;
  readonly json?: true;
}

/** `pin <id>` and `unpin <id>`: whether retention leaves a backup alone. */
export const addPins = (program: Command, context: CliContext): void => {
  addPin(program, context, {
    name: 'pin',
    summary: 'keep a backup, whatever the rules of retention say',
    description:
      'Keeps a backup wherever it lies, whatever the rules of retention say, until it is unpinned. Only delete --force removes it.',
    example: 'pin 2026-02-05_05-15-00 --reason "before the migration"',
    event: BackupPinned,
  });
  addPin(program, context, {
    name: 'unpin',
    summary: 'let the rules of retention decide on a backup again',
    description:
      'Lets the rules of retention decide on a backup again; when none of them wants it, it goes at the next run, within a day.',
    example: 'unpin 2026-02-05_05-15-00',
    event: BackupUnpinned,
  });
};

interface Pin {
  readonly name: 'pin' | 'unpin';
  readonly summary: string;
  readonly description: string;
  readonly example: string;
  readonly event: typeof BackupPinned | typeof BackupUnpinned;
}

const addPin = (program: Command, context: CliContext, pin: Pin): void => {
  program
    .command(pin.name)
    .summary(pin.summary)
    .description(pin.description)
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--reason <text>', 'why, for those who look at it later', reasonOf)
    .option('--json', 'print a JSON object: the backup as list has it')
    .addHelpText(
      'after',
      verbHelp([pin.example], {
        done: 'done; also when it was so before',
        failed: true,
        usage: true,
        unknownBackup: true,
        refused: 'the event log does not know the backup: retention never touches such a one',
      }),
    )
    .action((id: string, options: Options) => runPin(context, pin, { id, ...options }));
};

const runPin = async (
  context: CliContext,
  { name, event }: Pin,
  { id, reason, json }: Options & { readonly id: string },
): Promise<void> => {
  await using open = await openLog(context);
  const before = await knownOne(context, open.log, id);
  if (!before) throw unknownBackup(id, 'neither the event log nor the backup directory knows it');
  if (!before.logged)
    throw new CliError(
      ExitCode.refused,
      `the event log does not know backup ${id}: retention never touches it, pinned or not`,
    );
  if (before.known.verdict === 'deleted') throw unknownBackup(id, 'it is deleted');
  if ((before.known.pinned !== null) !== (name === 'pin')) {
    const why = reason === undefined ? {} : { reason };
    const at = (instant: Date) => event({ backupId: id, n: backupIdOf(instant), by: context.person, ...why });
    await appendInFreeSecond(open.log, { noun: name, instant: context.now(), at }, context.signal);
  }
  const after = await knownOne(context, open.log, id);
  await (json && after ? printJson(context, after.known) : print(context, `${id} ${saidOf[name]}`));
};

const saidOf = {
  pin: 'is pinned: retention leaves it alone',
  unpin: 'is not pinned: the rules of retention decide on it',
} as const;

const reasonOf = (text: string): string => {
  if (text.length <= 500) return text;
  throw new InvalidArgumentError('It takes at most 500 characters.');
};
