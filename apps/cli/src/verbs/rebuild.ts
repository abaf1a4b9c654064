import { inquire, NobodyAnswersError } from '@nocodb-backup/messaging';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { countText } from '../views/figures.js';

interface Options {
  readonly json?: true;
}

const Progress = z.object({ sequence: z.number(), end: z.number() });
const Result = z.object({ events: z.number(), seconds: z.number() });

/** `rebuild`: the catalog makes its tables anew from the log. */
export const addRebuild = (program: Command, context: CliContext): void => {
  program
    .command('rebuild')
    .summary('make the tables of the catalog anew from the event log')
    .description(
      'Asks the running catalog to make its tables anew from the event log. It does so by itself where it must: when the log was rolled back or replaced, and after an upgrade. Until the new tables are whole, the old ones are read. Backups are not touched.',
    )
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['rebuild'], {
        done: true,
        failed: 'no catalog runs, or it could not do it: the tables are as they were',
        usage: true,
        interrupted: 'the catalog goes on with it',
      }),
    )
    .action((options: Options) => rebuild(context, options));
};

const rebuild = async (context: CliContext, { json }: Options): Promise<void> => {
  await using open = await openLog(context);
  const result = await asked(context, inquire(open.connection, 'catalog.rebuild', context.signal));
  const { events, seconds } = result;
  await (json
    ? printJson(context, result)
    : print(context, `rebuilt from ${countText(events, 'event')} in ${seconds.toFixed(1)} s`));
};

const asked = async (
  context: CliContext,
  answers: AsyncIterable<unknown>,
): Promise<z.infer<typeof Result>> => {
  try {
    for await (const answer of answers) {
      const result = Result.safeParse(answer);
      if (result.success) return result.data;
      const { sequence, end } = Progress.parse(answer);
      say(context, `${sequence} of ${countText(end, 'event')}`);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    throw failure(error as Error);
  }
  throw new CliError(ExitCode.failed, 'the catalog ended before the rebuild did; its log tells why');
};

const failure = (error: Error): CliError =>
  error instanceof NobodyAnswersError
    ? new CliError(
        ExitCode.failed,
        'no catalog runs, so there is nothing to rebuild: tables in memory are made at its start. Start it: nocodb-backup up',
        { cause: error },
      )
    : new CliError(ExitCode.failed, `the catalog could not rebuild its tables: ${error.message}`, {
        cause: error,
      });
