import { createReadStream } from 'node:fs';
import {
  awaitingConsumers,
  type Connection,
  type EventLog,
  type Imported,
  LogTakenError,
  provision,
} from '@nocodb-backup/messaging';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { entriesOfFile, type Exported, LogFileError } from '../log-file/format.js';
import { openServer } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { countText, numberText } from '../views/figures.js';

interface Options {
  readonly json?: true;
}

/** `import-log <file>`: makes an empty event log what the exported one was. */
export const addImportLog = (program: Command, context: CliContext): void => {
  program
    .command('import-log')
    .summary('fill an empty event log with an exported one')
    .description(
      'Fills the event log of a new NATS server with what export-log wrote: the same facts, in the same order, with the same ids and times. The file is checked first, whole. The log must be empty, and no service may run; an import that was interrupted is gone on with when it is asked for again.',
    )
    .argument('<file>', 'what export-log wrote')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['import-log log.ndjson', 'import-log log.ndjson --json'], {
        done: 'the log is what the exported one was; also when it was so before',
        failed:
          'the file is not whole, or the log did not take it all: ask again, it goes on where it stopped',
        usage: true,
        refused: 'the log is not empty, or services run: nothing was written',
        interrupted: 'by Ctrl-C; ask again, it goes on where it stopped',
      }),
    )
    .action((file: string, options: Options) => importLog(context, file, options));
};

const importLog = async (context: CliContext, file: string, { json }: Options): Promise<void> => {
  const { events, sha256 } = await checkedFile(context, file);
  await using open = await openServer(context);
  await provision(open.connection, []);
  await refuseWhileServicesRun(open.connection);
  const imported = await filled(context, open.log, { file, events });
  const text = `${countText(events, 'fact')} imported from ${file}${heldText(imported)}`;
  await (json ? printJson(context, { events, ...imported, sha256 }) : print(context, text));
};

const heldText = ({ held }: Imported): string =>
  held > 0 ? `, of which ${numberText(held)} were there already` : '';

/** Nothing of a file is imported unless all of it is as it was written. */
const checkedFile = async ({ signal }: CliContext, file: string): Promise<Exported> => {
  const entries = entriesOfFile(createReadStream(file, { signal }));
  try {
    for (;;) {
      const next = await entries.next();
      if (next.done) return next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unusable(file, error);
  }
};

const unusable = (file: string, cause: unknown): CliError => {
  const how = cause instanceof LogFileError ? 'cannot be imported' : 'cannot be read';
  return new CliError(ExitCode.failed, `${file} ${how}: ${(cause as Error).message}. Nothing was written`, {
    cause,
  });
};

/** They would take each request for one that nobody has answered, as long as its answer has not been imported. */
const refuseWhileServicesRun = async (connection: Connection): Promise<void> => {
  const awaiting = await awaitingConsumers(connection);
  if (awaiting.length > 0)
    throw new CliError(
      ExitCode.refused,
      `services of nocodb-backup run with this event log (${awaiting.join(', ')}): stop them, start the event log alone if it stopped with them (nocodb-backup up --log-only), and import again. Nothing was written`,
    );
};

const filled = async (
  context: CliContext,
  log: EventLog,
  { file, events }: { readonly file: string; readonly events: number },
): Promise<Imported> => {
  const { signal } = context;
  const progress = (entries: number) => {
    if (entries % 10_000 === 0) say(context, `${numberText(entries)} of ${countText(events, 'fact')}`);
  };
  try {
    return await log.import(entriesOfFile(createReadStream(file, { signal })), { signal, progress });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LogTakenError)
      throw new CliError(
        ExitCode.refused,
        `the event log is not empty, and holds something else than ${file}: ${error.message}. It was left as it is; import into a new NATS server`,
        { cause: error },
      );
    throw new CliError(
      ExitCode.failed,
      `${(error as Error).message}. The import is not done: ask again, it goes on where it stopped`,
      { cause: error },
    );
  }
};
