import { describe, expect, it } from '@jest/globals';
import { calendarOf } from './retention-period.js';
import { type RetentionCandidate, retentionOf, type RetentionPolicy } from './retention.js';

const none: RetentionPolicy = {
  count: 0,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 7,
  zone: 'UTC',
};
const now = new Date('2026-11-22T12:00:00Z');
const backup = (day: string, more: Partial<RetentionCandidate> = {}): RetentionCandidate => ({
  id: day,
  instant: new Date(day.includes('T') ? day : `${day}T05:15:00Z`),
  isComplete: true,
  isPinned: false,
  isVerified: false,
  isDamaged: false,
  ...more,
});
const staying = (candidates: readonly RetentionCandidate[], policy: Partial<RetentionPolicy>, at = now) =>
  retentionOf(candidates, { ...none, ...policy }, at)
    .filter(({ stays }) => stays)
    .map(({ id }) => id);
const daily = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    backup(new Date(now.getTime() - index * 86_400_000).toISOString().slice(0, 10)),
  );

describe('retention', () => {
  it('keeps the newest so many', () => {
    expect(staying(daily(5), { count: 2 })).toEqual(['2026-11-22', '2026-11-21']);
  });

  it('keeps everything when there is no rule', () => {
    expect(staying(daily(100), {})).toHaveLength(100);
  });

  it('does not count what is not complete, however much of it there is', () => {
    const failed = daily(20).map((one) => ({ ...one, isComplete: false }));
    const good = [backup('2026-10-01'), backup('2026-10-02'), backup('2026-10-03')];
    expect(staying([...failed, ...good], { count: 2 })).toEqual(
      expect.arrayContaining(['2026-10-03', '2026-10-02']),
    );
    expect(staying([...failed, ...good], { count: 2 })).not.toContain('2026-10-01');
  });

  it('keeps the newest complete one, whatever its age', () => {
    expect(staying([backup('2019-01-01'), backup('2018-01-01')], { days: 7 })).toEqual(['2019-01-01']);
  });

  it('keeps the newest verified one beside the newest', () => {
    const candidates = [
      backup('2026-11-22'),
      backup('2026-10-01', { isVerified: true }),
      backup('2026-09-01'),
    ];
    expect(staying(candidates, { count: 1 })).toEqual(['2026-11-22', '2026-10-01']);
  });

  it('keeps what is pinned, complete or not', () => {
    const pinned = backup('2020-01-01', { isPinned: true, isComplete: false });
    expect(staying([backup('2026-11-22'), pinned], { count: 1 })).toEqual(['2026-11-22', '2020-01-01']);
  });

  it('removes what is not complete after its days, but only when a newer one is complete', () => {
    const old = backup('2026-11-01', { isComplete: false });
    expect(staying([old], { count: 1 })).toEqual(['2026-11-01']);
    expect(staying([old, backup('2026-10-31')], { count: 1 })).toEqual(['2026-11-01', '2026-10-31']);
    expect(staying([old, backup('2026-11-02')], { count: 1 })).toEqual(['2026-11-02']);
    const young = backup('2026-11-20', { isComplete: false });
    expect(staying([young, backup('2026-11-21')], { count: 1 })).toEqual(['2026-11-21', '2026-11-20']);
  });

  it('keeps one of each day, week, month and year', () => {
    const kept = staying(daily(800), { daily: 3, weekly: 2, monthly: 3, yearly: 2 });
    expect(kept).toEqual([
      '2026-11-22',
      '2026-11-21',
      '2026-11-20',
      '2026-11-15',
      '2026-10-31',
      '2026-09-30',
      '2025-12-31',
    ]);
  });

  it('takes the verified one of a period rather than the newest', () => {
    const candidates = [
      backup('2026-11-22'),
      backup('2026-10-30'),
      backup('2026-10-10', { isVerified: true }),
      backup('2026-10-01'),
    ];
    expect(staying(candidates, { monthly: 2 })).toEqual(['2026-11-22', '2026-10-10']);
  });

  it('says why for each of them, newest first', () => {
    const verdicts = retentionOf(daily(3), { ...none, count: 2, weekly: 1 }, now);
    expect(verdicts).toEqual([
      {
        id: '2026-11-22',
        stays: true,
        reasons: [
          'it is the newest complete one',
          'it is number 1 of the newest 2',
          'it stands for week 1 of 1',
        ],
      },
      { id: '2026-11-21', stays: true, reasons: ['it is number 2 of the newest 2'] },
      { id: '2026-11-20', stays: false, reasons: ['no rule keeps it'] },
    ]);
  });

  it('gives the same verdicts in whatever order the backups come, and judges each one once', () => {
    const candidates = daily(60);
    const policy = { ...none, count: 3, daily: 7, weekly: 4 };
    const turned = retentionOf([...candidates].reverse(), policy, now);
    expect(turned).toEqual(retentionOf(candidates, policy, now));
    expect(new Set(turned.map(({ id }) => id)).size).toBe(60);
  });

  it('removes nothing more when it is asked again after the removal', () => {
    const policy = { count: 3, daily: 7, weekly: 4, monthly: 6, yearly: 2 };
    const once = staying(daily(700), policy);
    expect(
      staying(
        daily(700).filter(({ id }) => once.includes(id)),
        policy,
      ),
    ).toEqual(once);
  });
});

describe('periods', () => {
  it.each([
    ['2026-01-01T12:00:00Z', '2026-W01'],
    ['2027-01-03T12:00:00Z', '2026-W53'],
    ['2024-12-30T12:00:00Z', '2025-W01'],
    ['2026-11-22T12:00:00Z', '2026-W47'],
    ['2026-11-23T12:00:00Z', '2026-W48'],
  ])('puts %s into the week %s, as ISO 8601 has it', (instant, week) => {
    expect(calendarOf('UTC')('week', new Date(instant))).toBe(week);
  });

  it('begins a day when it begins where the person lives', () => {
    const late = new Date('2026-02-04T23:30:00Z');
    expect(calendarOf('UTC')('day', late)).toBe('2026-02-04');
    expect(calendarOf('Europe/Vienna')('day', late)).toBe('2026-02-05');
    expect(calendarOf('Europe/Vienna')('month', new Date('2026-01-31T23:30:00Z'))).toBe('2026-02');
  });
});
