import type { Schedule } from '@nocodb-backup/events';
import { nextRun } from '@nocodb-backup/service';

/** A run that will come. */
export interface PlannedRun {
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** The same in the time zone of the schedule, `2026-03-29 03:00`. */
  readonly local: string;
  /** What the change of the clocks makes of it. */
  readonly note: string | null;
}

interface Wanted {
  readonly zone: string;
  readonly after: Date;
  readonly count: number;
}

const HALF_HOUR_MS = 1_800_000;

/** The next runs, in their order. */
export const plannedRuns = (schedule: Schedule, { zone, after, count }: Wanted): PlannedRun[] => {
  const runs: PlannedRun[] = [];
  for (let run = nextRun(schedule, after); runs.length < count; run = nextRun(schedule, run))
    runs.push({ at: run.toISOString(), local: localText(run, zone), note: noteOn(schedule, run, zone) });
  return runs;
};

/** An instant in a time zone, to the minute. */
export const localText = (instant: Date, zone: string): string =>
  instant.toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });

const noteOn = (schedule: Schedule, run: Date, zone: string): string | null => {
  if (schedule.mode === 'interval') return null;
  const local = localText(run, zone);
  if (isJustAfterGap(run, zone) && !comesOtherwise(schedule, run, zone))
    return 'the planned time does not exist: the clocks are put forward';
  const again = [1, 2].map((times) => new Date(run.getTime() + times * HALF_HOUR_MS));
  const second = again.find((instant) => localText(instant, zone) === local);
  if (!second) return null;
  const runsAgain = nextRun(schedule, new Date(second.getTime() - 1)).getTime() === second.getTime();
  return runsAgain ? null : 'this time comes twice: the backup runs at the first';
};

const MOST_LATER = 50;

/** Whether one of the later runs has the same time of day: then it is what was planned. */
const comesOtherwise = (schedule: Schedule, run: Date, zone: string): boolean => {
  const time = timeOf(localText(run, zone));
  let later = run;
  for (let count = 0; count < MOST_LATER; count++) {
    later = nextRun(schedule, later);
    if (timeOf(localText(later, zone)) === time) return true;
  }
  return false;
};

/** Whether the clocks were put forward at the instant. */
const isJustAfterGap = (run: Date, zone: string): boolean => {
  const before = new Date(run.getTime() - 60_000);
  const minutes = (text: string) => Date.parse(`${text.replace(' ', 'T')}:00Z`) / 60_000;
  return minutes(localText(run, zone)) - minutes(localText(before, zone)) > 1;
};

const timeOf = (local: string): string => local.slice(11);
