import type { Schedule } from '@nocodb-backup/events';
import { Cron } from 'croner';

const HOUR_MS = 3_600_000;

/**
 * The first planned instant after the given one. It depends on nothing else, so that any number of schedulers plan the
 * same instants, and with them the same backup ids. Throws a TypeError for an expression that is no cron expression.
 */
export const nextRun = (schedule: Schedule, after: Date): Date => {
  if (schedule.mode === 'interval') return gridPoint(schedule.hours, after, 1);
  const next = new Cron(schedule.expression, { timezone: schedule.timeZone, paused: true }).nextRun(after);
  if (!next) throw new TypeError(`the schedule "${schedule.expression}" never comes due`);
  return next;
};

/** The latest planned instant of an interval so far, the given one included: what runs at once when the interval is set. */
export const currentRun = ({ hours }: { hours: number }, now: Date): Date => gridPoint(hours, now, 0);

const gridPoint = (hours: number, instant: Date, steps: number): Date =>
  new Date((Math.floor(instant.getTime() / (hours * HOUR_MS)) + steps) * hours * HOUR_MS);
