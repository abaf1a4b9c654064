import {
  type Backup,
  type BackupContent,
  foldBackup,
  type Occasion,
  type Verdict,
} from '@nocodb-backup/backup';
import { Part } from '@nocodb-backup/events';
import { BackupSettings, contentOf, parseConfig } from '@nocodb-backup/service';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { backupWords } from '../backup/backup-words.js';
import { requestBackup } from '../backup/request-backup.js';
import { watchBackup } from '../backup/watch-backup.js';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { displayOf } from '../display.js';
import { ExitCode } from '../exit-code.js';
import { loggedBackup } from '../known-backup.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { backupEnding } from '../views/backup-ending.js';

interface Options {
  readonly dbOnly?: true;
  readonly only?: Part[];
  readonly wait: boolean;
  readonly reason?: string;
  readonly json?: true;
}

/** `backup`: asks for a backup now, and follows it to its end. */
export const addBackup = (program: Command, context: CliContext): void => {
  program
    .command('backup')
    .summary('make a backup now')
    .description(
      'Requests a backup now and follows it to its end. The services do the work: Ctrl-C detaches without harm, the backup goes on.',
    )
    .option('--db-only', 'only the database dump')
    .addOption(
      new Option('--only <parts>', 'only these parts: dump, files, export, separated by commas')
        .argParser(partsOf)
        .conflicts('dbOnly'),
    )
    .option('--no-wait', 'only request it; prints its id')
    .option(
      '--reason <text>',
      'why, for those who look at it later; pre-upgrade marks it as the one before an upgrade',
      reasonOf,
    )
    .option('--json', 'print a JSON object at the end')
    .addHelpText(
      'after',
      verbHelp(['backup', 'backup --reason pre-upgrade', 'backup --no-wait --json | jq -r .id'], {
        done: 'the backup is complete (with --no-wait: requested)',
        partial: 'the backup is partial: something is missing, it says what',
        failed: 'there is no backup, or it is overdue',
        usage: true,
        interrupted: 'detached by Ctrl-C; the backup goes on',
      }),
    )
    .action((options: Options) => backup(context, options));
};

const backup = async (context: CliContext, options: Options): Promise<void> => {
  const content = wantedContent(context, options);
  await using open = await openLog(context);
  const { now, person: requestedBy, signal } = context;
  const occasion = { instant: now(), requestedBy, ...motiveOf(options) };
  const request = await requestBackup(open.log, content, occasion, signal);
  if (!options.wait) {
    await printRequested(context, foldBackup([request]), options);
    return;
  }
  say(context, `backup ${request.data.backupId} is requested: ${content.parts.join(', ')}`);
  const watch = { display: displayOf(context, backupWords), signal, unattendedMs: 15_000, graceMs: 120_000 };
  const ended = await watchBackup(open, request, watch);
  if (signal.aborted && signal.reason instanceof Interrupted) throw detached(request.data.backupId);
  await printEnding(context, ended, options);
};

const motiveOf = ({ reason }: Options): Pick<Occasion, 'trigger' | 'reason'> => {
  if (reason === 'pre-upgrade') return { trigger: reason };
  return { trigger: 'manual', ...(reason !== undefined && { reason }) };
};

const wantedContent = (context: CliContext, { dbOnly, only }: Options): BackupContent => {
  const content = contentOf(parseConfig(BackupSettings, context.environment()));
  const parts = dbOnly ? (['dump'] as const) : (only ?? content.parts);
  if (parts.length > 0) return { ...content, parts };
  throw new CliError(
    ExitCode.usage,
    'nothing to back up: NOCODB_BACKUP_DATABASE_DUMP, NOCODB_BACKUP_INCLUDE_FILES and NOCODB_BACKUP_API_EXPORT are all switched off. Switch one on, or name parts: --only dump,files,export',
  );
};

const printRequested = async (
  context: CliContext,
  requested: Backup | undefined,
  { json }: Options,
): Promise<void> => {
  if (!requested) return;
  if (json) return printJson(context, loggedBackup(requested, undefined, context.now()));
  await print(context, requested.id);
};

const detached = (id: string): Ended =>
  new Ended(ExitCode.interrupted, `detached; the backup goes on. How it is: nocodb-backup show ${id}`);

const printEnding = async (
  context: CliContext,
  ended: Backup | undefined,
  { json }: Options,
): Promise<void> => {
  if (!ended)
    throw new CliError(
      ExitCode.failed,
      'the event log was lost before the backup ended; nocodb-backup list tells what became of it',
    );
  const known = loggedBackup(ended, undefined, context.now());
  await (json
    ? printJson(context, known)
    : print(context, backupEnding(known, context.now(), colorsOf(context.stdout))));
  const code = exitCodes[known.verdict];
  if (code !== ExitCode.done) throw new Ended(code);
};

const exitCodes: Readonly<Record<Verdict, ExitCode>> = {
  complete: ExitCode.done,
  partial: ExitCode.partial,
  failed: ExitCode.failed,
  overdue: ExitCode.failed,
  running: ExitCode.failed,
  expired: ExitCode.done,
  deleted: ExitCode.failed,
};

const partsOf = (text: string): Part[] => {
  const parts = text.split(',').map((part) => part.trim());
  const result = Part.array().min(1).safeParse(parts);
  if (result.success) return [...new Set(result.data)];
  throw new InvalidArgumentError('Parts are dump, files and export, separated by commas.');
};

const reasonOf = (text: string): string => {
  if (text.length <= 500) return text;
  throw new InvalidArgumentError('It takes at most 500 characters.');
};
