import type { Schedule } from '@nocodb-backup/events';
import type { PlannedRun } from '../schedule/planned-runs.js';
import type { ScheduleHistory } from '../schedule/schedule-history.js';
import { ageText, timeText } from './figures.js';
import { runText, scheduleText } from './schedule-text.js';
import { bullet, section } from './section.js';

interface Shown {
  /** Null where it is switched off. */
  readonly schedule: Schedule | null;
  readonly zone: string;
  readonly next: readonly PlannedRun[];
  /** Undefined where the log cannot be read. */
  readonly history: ScheduleHistory | undefined;
  readonly now: Date;
}

/** What `schedule` prints for people. */
export const scheduleLines = ({ schedule, zone, next, history, now }: Shown): string[] => [
  schedule
    ? `Backups come ${scheduleText(schedule)}.`
    : 'No backup comes by itself: the schedule is switched off (NOCODB_BACKUP_SCHEDULE_ENABLED=false).',
  ...section(
    `Next, in ${zone} and in UTC:`,
    next.map((run) => runLine(run)),
  ),
  ...(history ? pastLines(history, now) : []),
];

const runLine = ({ local, at, note }: PlannedRun): string =>
  `  ${local}   ${timeText(new Date(at))}Z${note === null ? '' : `   (${note})`}`;

const pastLines = ({ last, setbacks }: ScheduleHistory, now: Date): string[] => [
  last
    ? `Last: ${last.id}, ${ageText(new Date(last.requestedAt), now)}: ${last.verdict}`
    : 'Last: none has come by itself yet.',
  ...section(
    'Missed or left out in the last 30 days:',
    setbacks.map((run) => bullet(runText(run))),
  ),
];
