import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';

const event = stream('schedule', 'source');
const instant = z.iso.datetime();

/** When backups come: by a cron expression in a time zone, or every so many hours on a grid in UTC. */
export const Schedule = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('cron'),
    expression: z.string().max(200),
    timeZone: z.string().max(100),
  }),
  z.strictObject({ mode: z.literal('interval'), hours: z.int().positive() }),
]);
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleSet = event(
  'ScheduleSet',
  {
    by: 'scheduler',
    key: 'n',
    meaning:
      'from now on backups come by this schedule, or (null) none comes by itself; what is missed is judged by it',
  },
  {
    /** Counts the changes of this source, from 1. */
    n: Token,
    schedule: Schedule.nullable(),
    from: instant,
  },
);
export type ScheduleSet = EventOf<typeof ScheduleSet>;

export const RunDecided = event(
  'RunDecided',
  {
    by: 'scheduler',
    key: 'run',
    meaning:
      'a planned run was due: whether its backup starts, waits for the one that is running, or is left out; and what was missed',
  },
  {
    /** The planned instant, as the id of its backup: `2026-02-05_05-15-00`. */
    run: Token,
    /** `queue`: as soon as what `behind` names has ended. */
    decision: z.enum(['start', 'queue', 'skip']),
    /** The backup that is running, or is to start first. */
    behind: Token.optional(),
    /** Planned runs that nobody began in time, since the first of them; this one counts, too, where it is late. 1000 means "at least". */
    missed: z.strictObject({ runs: z.int().positive().max(1000), since: instant }).optional(),
    decidedAt: instant,
  },
);
export type RunDecided = EventOf<typeof RunDecided>;

export const VersionSeen = event(
  'VersionSeen',
  {
    by: 'scheduler',
    key: 'n',
    meaning:
      'NocoDB answers with another version than before: a backup follows; the first one (previous is null) is only noted',
  },
  {
    /** Counts the versions seen of this source, from 1. */
    n: Token,
    version: z.string().max(100),
    previous: z.string().max(100).nullable(),
    seenAt: instant,
  },
);
export type VersionSeen = EventOf<typeof VersionSeen>;
