import { eventType, Token } from '@nocodb-backup/events';
import type { EventLog, StoredEvent } from '@nocodb-backup/messaging';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { planFinder } from '../plan-finder.js';
import { isFrom, isUpTo, type Position, positionOf } from '../position.js';
import { print, say } from '../print.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { eventJson, eventLine, typeOf } from '../views/event-line.js';

interface Options {
  readonly follow?: true;
  readonly type?: string;
  readonly from?: Position;
  readonly to?: Position;
  readonly json?: true;
}

/** `events [id]`: what the log says, as it says it. */
export const addEvents = (program: Command, context: CliContext): void => {
  program
    .command('events')
    .summary('print the event log')
    .description(
      'Prints what is recorded in the event log, oldest first: all of it, or what happened to one backup.',
    )
    .argument('[id]', 'only the events of this id, such as 2026-02-05_05-15-00')
    .option('-f, --follow', 'go on with what happens from now on, until Ctrl-C')
    .option('--type <type>', 'only events of this type, such as DumpFailed')
    .option('--from <time|sequence>', 'from here on, inclusive; times are UTC', positionOf)
    .option('--to <time|sequence>', 'up to here, inclusive', positionOf)
    .option(
      '--json',
      'print each event as one line of JSON (NDJSON): as stored, with its sequence and time in the log',
    )
    .addHelpText(
      'after',
      verbHelp(
        [
          'events 2026-02-05_05-15-00',
          'events --follow --type DumpFailed',
          'events --from 2026-02-01 --json | jq .type',
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
    .action((id: string | undefined, options: Options) => events(context, id, options));
};

const events = async (context: CliContext, id: string | undefined, options: Options): Promise<void> => {
  if (id !== undefined && !Token.safeParse(id).success)
    throw unknownBackup(JSON.stringify(id), 'that is no id');
  if (options.type !== undefined && !eventType(options.type))
    say(
      context,
      `note: this version knows no event "${options.type}"; names are written as in docs/events.md`,
    );
  await using open = await openLog(context);
  const all = reading(open.log, id, { ...options, signal: context.signal });
  const lineOf = options.json ? jsonOf : textOf(context, open.log, id === undefined);
  const isKnown = await printAll(context, all, { ...options, lineOf });
  context.signal.throwIfAborted();
  if (id !== undefined && !isKnown && !options.follow)
    throw new CliError(
      ExitCode.unknownBackup,
      `the log holds nothing about ${id}. All backups: nocodb-backup list`,
    );
};

const reading = (
  log: EventLog,
  id: string | undefined,
  { follow, from, signal }: Options & { readonly signal: AbortSignal },
): AsyncIterable<StoredEvent> => {
  const filter = id === undefined ? 'evt.>' : `evt.*.${id}.>`;
  const start = { from: from && 'sequence' in from ? Math.max(1, from.sequence) : 1, signal };
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
  { lineOf, type, from, to }: Options & { readonly lineOf: (event: StoredEvent) => Promise<string> },
): Promise<boolean> => {
  let isKnown = false;
  for await (const event of all) {
    isKnown = true;
    if (!isUpTo(to, event)) break;
    if (!isFrom(from, event) || (type !== undefined && type !== typeOf(event))) continue;
    await print(context, await lineOf(event));
  }
  return isKnown;
};
