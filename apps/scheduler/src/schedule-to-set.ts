import { isDeepStrictEqual } from 'node:util';
import type { Schedule, ScheduleSet } from '@nocodb-backup/events';
import type { Agenda } from './agenda.js';

/** By so much the clocks of schedulers may differ without one of them setting the schedule anew. */
const AHEAD_MS = 5 * 60_000;

/**
 * What is to be recorded so that the log has the schedule; undefined where it has. A log of before schedules were recorded is taken
 * for one of this schedule, and what was set by a clock that ran ahead is set again.
 */
export const scheduleToSet = (
  { set, decided }: Agenda,
  schedule: Schedule | null | undefined,
  now: Date,
): Omit<ScheduleSet['data'], 'source'> | undefined => {
  if (schedule === undefined) return undefined;
  if (!set) {
    const from = decided.findLast((instant) => instant <= now) ?? now;
    return schedule ? { n: '1', schedule, from: from.toISOString() } : undefined;
  }
  const isAhead = set.from.getTime() > now.getTime() + AHEAD_MS;
  if (isDeepStrictEqual(set.schedule, schedule) && !isAhead) return undefined;
  return { n: String(set.n + 1), schedule, from: now.toISOString() };
};
