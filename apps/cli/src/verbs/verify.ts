import type { Sample } from '@nocodb-backup/events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from '../context.js';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { verbHelp } from '../verb-help.js';
import { runVerification } from '../verification/run-verification.js';

interface Options {
  readonly all?: true;
  readonly sample?: Sample;
  readonly json?: true;
}

/** `verify [<id>]`: is a backup as it was stored? */
export const addVerify = (program: Command, context: CliContext): void => {
  program
    .command('verify')
    .summary('read a backup again, every byte of it, and look for damage')
    .description(
      'Reads every byte of a backup again in each place where it lies, compares it with the manifest, and looks into its archives and records. Changes nothing, and needs no NocoDB. Without an id it takes the newest complete backup.',
    )
    .argument('[id]', 'backup id, such as 2026-02-05_05-15-00')
    .option('--all', 'every backup, one after another')
    .addOption(
      new Option(
        '--sample <percent>',
        'of the attached files only so many, other ones each time; all else is read as a whole',
      ).argParser(sampleOf),
    )
    .option('--json', 'print a JSON object; with --all an array')
    .addHelpText(
      'after',
      verbHelp(
        ['verify', 'verify 2026-02-05_05-15-00', 'verify --all --sample 10', 'verify --json | jq .findings'],
        {
          done: 'nothing is wrong',
          failed: 'damaged, or it could not be looked at; it says which',
          usage: true,
          unknownBackup: true,
          interrupted: 'detached by Ctrl-C; the verification goes on',
        },
      ),
    )
    .action((id: string | undefined, { sample = 'full', ...options }: Options) => {
      if (id !== undefined && options.all)
        throw new CliError(ExitCode.usage, 'either name a backup, or say --all');
      return runVerification(context, { id, kind: 'verify', sample, ...options });
    });
};

const sampleOf = (text: string): Sample => {
  const percent = Number(text.replace(/%$/, ''));
  if (percent > 0 && percent <= 100) return percent === 100 ? 'full' : percent / 100;
  throw new InvalidArgumentError('It must be a number of percent, such as 10.');
};
