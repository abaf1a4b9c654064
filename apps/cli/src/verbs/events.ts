import { eventType } from '@nocodb-backup/events';
import type { EventLog, StoredEvent } from '@nocodb-backup/messaging';
import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { planFinder } from '../plan-finder.js';
import { isFrom, isUpTo, type Position, positionOf } from '../position.js';
import { print, say } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { eventJson, eventLine, typeOf } from '../views/event-line.js';
import { filterOf, streamName, subjectPattern, type Wanted } from './event-filters.js';

interface Options extends Wanted {
  readonly follow?: true;
  readonly type?: readonly string[];
  readonly since?: Position;
  readonly until?: Position;
  readonly json?: true;
}

/** `events [id]`: what the log says, as it says it. */
export const addEvents = (program: Command, context: CliContext): void => {
  const command = program
    .command('events')
    .summary('print the event log')
    .description(
      'Prints what is recorded in the event log, oldest first: all of it, or what happened to one backup.',
    )
    .argument('[id]', 'only the events of this id, such as 2026-02-05_05-15-00');
  for (const option of options()) command.addOption(option);
  command
    .addHelpText(
      'after',
      verbHelp(
        [
          'events 2026-02-05_05-15-00',
          'events --follow --type DumpFailed --type ExportFailed',
          'events --stream restore --since 2026-02-01 --json | jq .type',
        ],
        {
          done: true,
          failed: 'the event log cannot be read',
          usage: true,
          unknownBackup: 'the log holds nothing about the id',
          interrupted: true,
        },
      ),
    )
    .action((id: string | undefined, { from, to, ...flags }: Options & Old) =>
      events(context, { since: from, until: to, ...flags, id } as Options),
    );
};

/** As they were called before. */
interface Old {
  readonly from?: Position;
  readonly to?: Position;
}

const options = (): Option[] => {
  const position = (text: string) => positionOf(text);
  return [
    new Option('-f, --follow', 'go on with what happens from now on, until Ctrl-C'),
    new Option(
      '--type <type>',
      'only events of this type, such as DumpFailed; may be given several times',
    ).argParser((type: string, before: readonly string[] | undefined) => [...(before ?? []), type]),
    new Option('--backup <id>', 'only the events of this backup'),
    new Option('--restore <id>', 'only the events of this restore'),
    new Option('--stream <name>', 'only the events of this stream, such as backup or restore').argParser(
      streamName,
    ),
    new Option(
      '--subject <pattern>',
      'only these subjects, such as "evt.backup.*.TableExported.>"',
    ).argParser(subjectPattern),
    new Option('--since <time|sequence>', 'from here on, inclusive; times are UTC').argParser(position),
    new Option('--until <time|sequence>', 'up to here, inclusive').argParser(position),
    new Option('--from <time|sequence>').argParser(position).conflicts('since').hideHelp(),
    new Option('--to <time|sequence>').argParser(position).conflicts('until').hideHelp(),
    new Option(
      '--json',
      'print each event as one line of JSON (NDJSON): as stored, with its sequence and time in the log',
    ),
  ];
};

const events = async (context: CliContext, wish: Options): Promise<void> => {
  const filter = filterOf(wish);
  for (const type of wish.type ?? [])
    if (!eventType(type))
      say(context, `note: this version knows no event "${type}"; names are written as in docs/events.md`);
  await using open = await openLog(context);
  const id = wish.id ?? wish.backup ?? wish.restore;
  const all = reading(open.log, filter, { ...wish, signal: context.signal });
  const lineOf = wish.json ? jsonOf : textOf(context, open.log, id === undefined);
  const isKnown = await printAll(context, all, { ...wish, lineOf });
  context.signal.throwIfAborted();
  if (id !== undefined && !isKnown && !wish.follow)
    throw new CliError(
      ExitCode.unknownBackup,
      `the log holds nothing about ${id}. All backups: nocodb-backup list`,
    );
};

const reading = (
  log: EventLog,
  filter: string,
  { follow, since, signal }: Options & { readonly signal: AbortSignal },
): AsyncIterable<StoredEvent> => {
  const start = { from: since && 'sequence' in since ? Math.max(1, since.sequence) : 1, signal };
  return follow ? log.followStored(filter, start) : log.stored(filter, start);
};

const jsonOf = (event: StoredEvent) => Promise.resolve(eventJson(event));

const textOf = (context: CliContext, log: EventLog, withId: boolean) => {
  const colors = colorsOf(context.stdout);
  const planOf = planFinder(log);
  return async (event: StoredEvent) => eventLine(event, { colors, withId, plan: await planOf(event) });
};

/** Prints what was asked for; answers whether there was any event at all. */
const printAll = async (
  context: CliContext,
  all: AsyncIterable<StoredEvent>,
  { lineOf, type, since, until }: Options & { readonly lineOf: (event: StoredEvent) => Promise<string> },
): Promise<boolean> => {
  let isKnown = false;
  for await (const event of all) {
    isKnown = true;
    if (!isUpTo(until, event)) break;
    if (!isFrom(since, event) || type?.includes(typeOf(event)) === false) continue;
    await print(context, await lineOf(event));
  }
  return isKnown;
};
