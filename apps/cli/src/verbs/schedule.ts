import { isDeepStrictEqual } from 'node:util';
import type { Schedule } from '@nocodb-backup/events';
import {
  BackupSettings,
  ConfigError,
  parseConfig,
  scheduleOf,
  ScheduleSettings,
} from '@nocodb-backup/service';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../context.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { plannedRuns } from '../schedule/planned-runs.js';
import { scheduleHistory, type ScheduleHistory } from '../schedule/schedule-history.js';
import { verbHelp } from '../verb-help.js';
import { scheduleLines } from '../views/schedule-lines.js';
import { scheduleText } from '../views/schedule-text.js';

interface Options {
  readonly count: number;
  readonly json?: true;
}

/** `schedule`: when the next backups come, how the last one went, and what was missed. */
export const addSchedule = (program: Command, context: CliContext): void => {
  program
    .command('schedule')
    .summary('show when the next backups come')
    .description(
      'Shows the next runs by NOCODB_BACKUP_SCHEDULE_*, in the time zone TZ and in UTC, what the change of the clocks makes of them, how the last one went, and which ones were missed or left out.',
    )
    .option('--count <number>', 'how many of the next runs', countOf, 5)
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['schedule', "schedule --json | jq -r '.next[0].at'"], {
        done: 'also where the event log cannot be read: it says so',
        usage: true,
      }),
    )
    .action((options: Options) => schedule(context, options));
};

const patienceMs = 2000;

const schedule = async (context: CliContext, { count, json }: Options): Promise<void> => {
  const settings = parseConfig(
    ScheduleSettings.extend(BackupSettings.pick({ NOCODB_BACKUP_SOURCE: true }).shape),
    context.environment(),
  );
  const now = context.now();
  const zone = settings.TZ;
  const own = settings.NOCODB_BACKUP_SCHEDULE_ENABLED ? scheduleOf(settings) : null;
  const next = own ? plannedRuns(own, { zone, after: now, count }) : [];
  const history = await historyOf(context, settings.NOCODB_BACKUP_SOURCE);
  tellDifference(context, own, history);
  if (!json) return print(context, scheduleLines({ schedule: own, zone, next, history, now }).join('\n'));
  const { last = null, setbacks = null } = history ?? {};
  await printJson(context, { enabled: own !== null, schedule: own, zone, next, last, setbacks });
};

/** Undefined, said on stderr, where the log cannot be read: what is planned is known without it. */
const historyOf = async (context: CliContext, source: string): Promise<ScheduleHistory | undefined> => {
  try {
    await using open = await openLog(context, patienceMs);
    return await scheduleHistory(open.log, source, { now: context.now(), signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ConfigError) throw error;
    say(
      context,
      `warning: what has been is not shown, the event log cannot be read: ${(error as Error).message}`,
    );
    return undefined;
  }
};

const tellDifference = (
  context: CliContext,
  own: Schedule | null,
  history: ScheduleHistory | undefined,
): void => {
  const set = history?.set;
  if (!history || isDeepStrictEqual(set ?? null, own)) return;
  const theirs = set ? `backups come ${scheduleText(set)}` : 'no backup comes by itself';
  say(
    context,
    `warning: the scheduler has other settings than this command: by the log ${theirs}. Give both the same, and start the scheduler anew.`,
  );
};

const countOf = (text: string): number => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new InvalidArgumentError('It must be a number from 1 to 1000.');
};
