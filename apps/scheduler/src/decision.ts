import { backupIdOf } from '@nocodb-backup/backup';
import { RunDecided, type Schedule } from '@nocodb-backup/events';
import { currentRun, nextRun } from '@nocodb-backup/service';
import { type Agenda, runningBackup, type Waiting } from './agenda.js';
import { type DueRuns, dueRuns } from './due-runs.js';

/** What becomes of a run that is due while a backup of the same source is running. */
export type Overlap = 'skip' | 'queue';

/** Who decides, and when. */
export interface Occasion {
  readonly source: string;
  readonly overlap: Overlap;
  readonly now: Date;
  /** No run of this schedule will follow: another one is to be set. */
  readonly isEnding?: true;
}

/** What is requested later than this was missed. */
const LATE_MS = 5 * 60_000;
/** So near to the next run nothing else starts: the clocks of schedulers may differ, and that run serves as well. */
const SHORTLY_MS = 60_000;

/** What becomes of the latest run that is due; undefined where none is, or where the next one, which is near, makes up for it. */
export const decisionAt = (
  agenda: Agenda,
  { source, overlap, now, isEnding }: Occasion,
): RunDecided | undefined => {
  const { set } = agenda;
  if (!set?.schedule) return undefined;
  const due = dueRuns(set.schedule, { after: decidedUpTo(agenda, set.schedule, now), now });
  if (!due || (!isEnding && isLeftToNext(set.schedule, due, { from: set.from, now }))) return undefined;
  const behind = runningBackup(agenda, now);
  const decision = behind === undefined ? 'start' : whileRunning(agenda, overlap);
  const missed = missedOf(due, {
    from: set.from,
    now,
    dropped: decision === 'start' ? waitingRuns(agenda) : [],
  });
  return RunDecided({
    source,
    run: backupIdOf(due.run),
    decision,
    ...(behind !== undefined && { behind }),
    ...(missed && { missed }),
    decidedAt: now.toISOString(),
  });
};

/** The backup that is to be requested now. Replicas whose clocks differ by less than a minute agree on it. */
export const startable = (agenda: Agenda, now: Date): Waiting | undefined => {
  const { set, waiting } = agenda;
  const decided = waiting.find(({ when }) => when === 'now');
  if (decided || waiting.length === 0) return decided;
  if (!set?.schedule || runningBackup(agenda, now) !== undefined) return undefined;
  return nextRun(set.schedule, now).getTime() - now.getTime() <= SHORTLY_MS ? undefined : waiting[0];
};

/** The latest decided instant that is not in the future: a clock that ran ahead must not stop the backups until it is right. */
const decidedUpTo = ({ decided, set }: Agenda, schedule: Schedule, now: Date): Date => {
  const from = set ? Math.min(set.from.getTime(), now.getTime()) : now.getTime();
  const begin = schedule.mode === 'interval' ? currentRun(schedule, new Date(from)).getTime() - 1 : from;
  const last = decided.findLast((instant) => instant <= now)?.getTime() ?? 0;
  return new Date(Math.max(begin, last));
};

/** The run that is made at once when an interval is set is not late. */
const isLate = (run: Date, { from, now }: { from: Date; now: Date }): boolean =>
  run > from && now.getTime() - run.getTime() > LATE_MS;

const isLeftToNext = (schedule: Schedule, { run }: DueRuns, when: { from: Date; now: Date }): boolean =>
  isLate(run, when) && nextRun(schedule, when.now).getTime() - when.now.getTime() <= LATE_MS;

/** One waits at most: a second one would be of the same state. */
const whileRunning = (agenda: Agenda, overlap: Overlap): 'skip' | 'queue' =>
  overlap === 'skip' || waitingRuns(agenda).length > 0 ? 'skip' : 'queue';

const waitingRuns = ({ waiting }: Agenda): Date[] =>
  waiting.filter(({ trigger }) => trigger === 'schedule').map(({ instant }) => instant);

interface Span {
  /** Since when the schedule holds. */
  readonly from: Date;
  readonly now: Date;
  /** Runs that waited, and never will be made. */
  readonly dropped: readonly Date[];
}

const missedOf = (
  { run, earlier, since }: DueRuns,
  { from, now, dropped }: Span,
): RunDecided['data']['missed'] => {
  const late = isLate(run, { from, now }) ? [run] : [];
  const runs = earlier + late.length + dropped.length;
  const first = [...dropped, ...(since ? [since] : []), ...late].toSorted(
    (a, b) => a.getTime() - b.getTime(),
  )[0];
  return first && { runs: Math.min(runs, 1000), since: first.toISOString() };
};
