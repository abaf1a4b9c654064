import { type Event, eventType, allEvents, type EventType } from '@nocodb-backup/events';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { jsonArgument } from '../json-argument.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { timeText } from '../views/figures.js';

interface Options {
  readonly data: string;
  readonly json?: true;
}

/** `publish <Event>`: records a fact by hand. */
export const addPublish = (program: Command, context: CliContext): void => {
  program
    .command('publish')
    .summary('record an event by hand')
    .description(
      'Records an event in the log by hand, once its data fits the schema (docs/events.md). What is recorded stands for ever.',
    )
    .argument('<event>', 'type of the event, such as BackupRequested')
    .requiredOption('--data <json|@file|->', 'the data: JSON, a file that holds it, or - for stdin')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(
        [
          'publish BackupTimedOut --data \'{"backupId":"2026-02-05_05-15-00","awaited":["export"]}\'',
          'publish BackupRequested --data @request.json',
        ],
        {
          done: 'recorded',
          failed: 'the event log cannot be reached, or did not confirm',
          usage: 'no such event, or the data does not fit its schema',
          refused: 'another fact stands there already',
        },
      ),
    )
    .action((type: string, options: Options) => publish(context, type, options));
};

const publish = async (context: CliContext, type: string, { data, json }: Options): Promise<void> => {
  const definition = definitionOf(type);
  const event = eventOf(definition, await jsonArgument(context, data));
  if (!definition.by.includes('cli'))
    say(
      context,
      `note: ${type} is what the ${definition.by.join(' or the ')} records of its work; the services will take this one for it`,
    );
  await using open = await openLog(context);
  const { mine, recorded } = await open.log.append(event, undefined, { signal: limitOf(context) });
  if (!mine)
    throw new CliError(
      ExitCode.refused,
      `another fact stands on ${event.subject} already: #${recorded.sequence} of ${timeText(recorded.time)} UTC, by ${recorded.source}. Nothing was recorded`,
    );
  const { sequence, id, subject } = recorded;
  await (json
    ? printJson(context, { sequence, id, type, subject })
    : print(context, `#${sequence}  ${subject}`));
};

const limitOf = ({ signal }: CliContext): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(30_000)]);

const definitionOf = (type: string): EventType => {
  const definition = eventType(type);
  if (definition) return definition;
  throw new CliError(
    ExitCode.usage,
    `there is no event "${type}". There are: ${allEvents.map((event) => event.type).join(', ')}`,
  );
};

const eventOf = (definition: EventType, data: unknown): Event => {
  try {
    return definition(data);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map(
      ({ path, message }) => `  ${path.map(String).join('.') || 'the data'}: ${message}`,
    );
    throw new CliError(
      ExitCode.usage,
      [
        `the data does not fit ${definition.type}:`,
        ...problems,
        `docs/events.md lists its fields. Nothing was recorded`,
      ].join('\n'),
    );
  }
};
