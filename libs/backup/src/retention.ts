import { calendarOf, type Period } from './retention-period.js';

/** Which backups stay. A backup stays when any of the rules wants it; without any rule all of them stay. */
export interface RetentionPolicy {
  /** The newest so many complete ones; 0 = no such rule, as for all that follow. */
  readonly count: number;
  /** All complete ones that are at most so many days older than the newest: while no backup succeeds, none goes. */
  readonly days: number;
  /** One of each of the last so many days, weeks, months, years that have one. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
  /** Days after which a backup that is not complete goes, once there is a complete one that is newer. */
  readonly incompleteDays: number;
  /** The time zone in which days begin. */
  readonly zone: string;
}

/** A backup in one destination, as retention sees it; one that is still being made is none. */
export interface RetentionCandidate {
  readonly id: string;
  readonly instant: Date;
  readonly isComplete: boolean;
  readonly isPinned: boolean;
  /** Every byte was read again, or it was restored on trial, and nothing was wrong. */
  readonly isVerified: boolean;
  /** A check found something wrong with it: it stands for nothing, and is left to a person. */
  readonly isDamaged: boolean;
  /** When somebody fetched it back to where it had been deleted. */
  readonly fetchedAt?: Date | undefined;
}

/** What is to become of a backup, and why. */
export interface RetentionVerdict {
  readonly id: string;
  readonly stays: boolean;
  readonly reasons: readonly string[];
}

const DAY_MS = 86_400_000;
/** Somebody wants it for something. */
const fetchedDays = 7;

/** Judges the backups of one destination, newest first. Only complete ones count; the newest good one never goes. */
export const retentionOf = (
  candidates: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  now: Date,
): RetentionVerdict[] => {
  const newestFirst = [...candidates].sort((a, b) => b.instant.getTime() - a.instant.getTime());
  const complete = newestFirst.filter(({ isComplete, isDamaged }) => isComplete && !isDamaged);
  const reasons = new Map<string, string[]>();
  const keep = (kept: readonly RetentionCandidate[], reason: (index: number) => string) => {
    for (const [index, { id }] of kept.entries())
      reasons.set(id, [...(reasons.get(id) ?? []), reason(index)]);
  };
  keep(
    newestFirst.filter(({ isPinned }) => isPinned),
    () => 'it is pinned',
  );
  keep(
    newestFirst.filter(({ isDamaged }) => isDamaged),
    () => 'damage was found in it: what is left may be worth something, so nobody but a person deletes it',
  );
  keep(
    newestFirst.filter(({ fetchedAt }) => fetchedAt && ageInDays(fetchedAt, now) <= fetchedDays),
    () => `it was downloaded less than ${fetchedDays} days ago`,
  );
  keep(complete.slice(0, 1), () => 'it is the newest complete one');
  keep(complete.filter(({ isVerified }) => isVerified).slice(0, 1), () => 'it is the newest verified one');
  for (const rule of rulesOf(policy)) keep(rule.kept(complete), rule.reason);
  return newestFirst.map((candidate) =>
    verdict(candidate, reasons.get(candidate.id), { policy, complete, now }),
  );
};

interface Rule {
  /** Of the complete ones, newest first. */
  readonly kept: (complete: readonly RetentionCandidate[]) => readonly RetentionCandidate[];
  readonly reason: (index: number) => string;
}

const rulesOf = ({ count, days, zone, ...policy }: RetentionPolicy): Rule[] => {
  const periods: readonly (readonly [Period, number])[] = [
    ['day', policy.daily],
    ['week', policy.weekly],
    ['month', policy.monthly],
    ['year', policy.yearly],
  ];
  const calendar = calendarOf(zone);
  const rules = [
    ...(count > 0 ? [newest(count)] : []),
    ...(days > 0 ? [younger(days)] : []),
    ...periods
      .filter(([, wanted]) => wanted > 0)
      .map(([period, wanted]) => oneOfEach(period, wanted, calendar)),
  ];
  return rules.length > 0 ? rules : [{ kept: (complete) => complete, reason: () => 'no rule removes any' }];
};

const newest = (count: number): Rule => ({
  kept: (complete) => complete.slice(0, count),
  reason: (index) => `it is number ${index + 1} of the newest ${count}`,
});

const younger = (days: number): Rule => ({
  kept: (complete) =>
    complete.filter(({ instant }) => ageInDays(instant, complete[0]?.instant ?? instant) <= days),
  reason: () => `it is at most ${days} days older than the newest`,
});

/** Of each period the newest verified one, or else the newest. */
const oneOfEach = (period: Period, wanted: number, calendar: ReturnType<typeof calendarOf>): Rule => ({
  kept: (complete) =>
    [...Map.groupBy(complete, ({ instant }) => calendar(period, instant)).values()]
      .slice(0, wanted)
      .flatMap((group) => group.find(({ isVerified }) => isVerified) ?? group[0] ?? []),
  reason: (index) => `it stands for ${period} ${index + 1} of ${wanted}`,
});

interface Circumstances {
  readonly policy: RetentionPolicy;
  readonly complete: readonly RetentionCandidate[];
  readonly now: Date;
}

const verdict = (
  candidate: RetentionCandidate,
  kept: readonly string[] | undefined,
  circumstances: Circumstances,
): RetentionVerdict => {
  const { id, isComplete } = candidate;
  if (kept) return { id, stays: true, reasons: kept };
  if (isComplete) return { id, stays: false, reasons: ['no rule keeps it'] };
  return incomplete(candidate, circumstances);
};

/** What is not complete pushes nothing out, and goes only when there is something better. */
const incomplete = (
  { id, instant }: RetentionCandidate,
  { policy: { incompleteDays }, complete, now }: Circumstances,
): RetentionVerdict => {
  const isNewest = !complete.some((other) => other.instant > instant);
  if (isNewest)
    return { id, stays: true, reasons: ['it is not complete, but there is no newer complete one'] };
  if (ageInDays(instant, now) <= incompleteDays)
    return { id, stays: true, reasons: [`it is not complete, and not older than ${incompleteDays} days`] };
  const reason = `it is not complete, older than ${incompleteDays} days, and there is a newer complete one`;
  return { id, stays: false, reasons: [reason] };
};

const ageInDays = (instant: Date, now: Date): number => (now.getTime() - instant.getTime()) / DAY_MS;
