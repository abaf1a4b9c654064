import type { Schedule } from '@nocodb-backup/events';
import { nextRun } from '@nocodb-backup/service';

/** The planned runs of a span of time of which nobody has decided yet. */
export interface DueRuns {
  /** The latest: it is made. */
  readonly run: Date;
  /** How many came before it, 999 at most, and the first of them: one backup makes up for all. */
  readonly earlier: number;
  readonly since: Date | undefined;
}

const HOUR_MS = 3_600_000;
const MOST = 999;

/** What is planned after the one instant and up to the other; undefined for nothing. */
export const dueRuns = (
  schedule: Schedule,
  { after, now }: { readonly after: Date; readonly now: Date },
): DueRuns | undefined => {
  if (after >= now || nextRun(schedule, after) > now) return undefined;
  const run = latestRun(schedule, after, now);
  const earlier = runsBetween(schedule, after, run);
  return { run, earlier: earlier.length, since: earlier[0] };
};

/** There is one. Looks back over longer and longer spans, so that a long outage of a dense schedule costs little. */
const latestRun = (schedule: Schedule, after: Date, now: Date): Date => {
  for (let span = HOUR_MS; ; span *= 2) {
    const from = new Date(Math.max(after.getTime(), now.getTime() - span));
    const first = nextRun(schedule, from);
    if (first <= now) return lastUpTo(schedule, first, now);
  }
};

const lastUpTo = (schedule: Schedule, first: Date, now: Date): Date => {
  let run = first;
  for (let next = first; next <= now; next = nextRun(schedule, next)) run = next;
  return run;
};

const runsBetween = (schedule: Schedule, after: Date, run: Date): Date[] => {
  const runs: Date[] = [];
  for (let next = nextRun(schedule, after); next < run && runs.length < MOST; next = nextRun(schedule, next))
    runs.push(next);
  return runs;
};
