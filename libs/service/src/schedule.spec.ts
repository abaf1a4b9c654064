import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from './config.js';
import { currentRun, nextRun } from './schedule.js';
import { scheduleOf, ScheduleSettings } from './schedule-settings.js';

const runsAfter = (env: Record<string, string>, after: string, count = 3): string[] => {
  const schedule = scheduleOf(parseConfig(ScheduleSettings, env));
  const runs = [];
  for (let instant = new Date(after); runs.length < count;) {
    instant = nextRun(schedule, instant);
    runs.push(instant.toISOString());
  }
  return runs;
};

describe('the schedule', () => {
  it('runs when nothing is configured: daily at 05:15 UTC (D1)', () => {
    expect(runsAfter({}, '2026-02-05T05:14:59Z', 2)).toEqual([
      '2026-02-05T05:15:00.000Z',
      '2026-02-06T05:15:00.000Z',
    ]);
  });

  it('means the hour in the time zone', () => {
    expect(runsAfter({ TZ: 'Europe/Vienna' }, '2026-07-01T00:00:00Z', 1)).toEqual([
      '2026-07-01T03:15:00.000Z',
    ]);
  });

  it.each(['0', 'SUN', '7'])('takes %s for Sunday, as cron does', (day) => {
    const env = { NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK: day };
    expect(runsAfter(env, '2026-02-05T00:00:00Z', 1)).toEqual(['2026-02-08T05:15:00.000Z']);
  });

  it('takes lists and ranges of days', () => {
    const env = { NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK: 'MON,5-6' };
    expect(runsAfter(env, '2026-02-05T06:00:00Z')).toEqual([
      '2026-02-06T05:15:00.000Z',
      '2026-02-07T05:15:00.000Z',
      '2026-02-09T05:15:00.000Z',
    ]);
  });

  it('takes a full cron expression', () => {
    const env = { NOCODB_BACKUP_SCHEDULE_CRON: '*/20 6 1 * *' };
    expect(runsAfter(env, '2026-02-05T00:00:00Z', 2)).toEqual([
      '2026-03-01T06:00:00.000Z',
      '2026-03-01T06:20:00.000Z',
    ]);
  });

  describe('when the clocks change', () => {
    const vienna = (cron: string) => ({ TZ: 'Europe/Vienna', NOCODB_BACKUP_SCHEDULE_CRON: cron });

    it('runs once in the night in which 02:30 comes twice, at the first of them', () => {
      expect(runsAfter(vienna('30 2 * * *'), '2026-10-24T12:00:00Z', 2)).toEqual([
        '2026-10-25T00:30:00.000Z',
        '2026-10-26T01:30:00.000Z',
      ]);
    });

    it.each(['00:30:00', '00:45:00', '01:15:00', '01:30:00'])(
      'does not run again when it looks from %s of that night',
      (time) => {
        expect(runsAfter(vienna('30 2 * * *'), `2026-10-25T${time}Z`, 1)).toEqual([
          '2026-10-26T01:30:00.000Z',
        ]);
      },
    );

    it('runs once in the night in which 02:30 does not exist, when the clocks have been put forward', () => {
      expect(runsAfter(vienna('30 2 * * *'), '2026-03-28T12:00:00Z', 2)).toEqual([
        '2026-03-29T01:00:00.000Z',
        '2026-03-30T00:30:00.000Z',
      ]);
      expect(runsAfter(vienna('30 2 * * *'), '2026-03-29T01:00:00Z', 1)).toEqual([
        '2026-03-30T00:30:00.000Z',
      ]);
    });

    it('runs once on a day that begins with an hour that does not exist', () => {
      const env = { TZ: 'Asia/Beirut', NOCODB_BACKUP_SCHEDULE_CRON: '15 0 * * *' };
      expect(runsAfter(env, '2026-03-27T12:00:00Z')).toEqual([
        '2026-03-27T22:15:00.000Z',
        '2026-03-28T22:00:00.000Z',
        '2026-03-29T21:15:00.000Z',
      ]);
    });

    it('goes on every half hour by the time that passes', () => {
      const steps = (from: string) =>
        runsAfter(vienna('*/30 * * * *'), from, 8).map((run) => Date.parse(run));
      for (const runs of [steps('2026-03-28T23:45:00Z'), steps('2026-10-24T23:45:00Z')])
        expect(new Set(runs.slice(1).map((run, index) => run - (runs[index] ?? 0)))).toEqual(
          new Set([1_800_000]),
        );
    });
  });

  it('runs every so many hours', () => {
    const env = { NOCODB_BACKUP_SCHEDULE_MODE: 'interval', NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS: '6' };
    expect(runsAfter(env, '2026-02-05T05:00:00Z', 2)).toEqual([
      '2026-02-05T06:00:00.000Z',
      '2026-02-05T12:00:00.000Z',
    ]);
  });

  it('plans the same instants wherever it looks from', () => {
    const anyInstant = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2040-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anyInstant, fc.integer({ min: 1, max: 168 }), (now, hours) => {
        const schedule = { mode: 'interval', hours } as const;
        expect(currentRun(schedule, now).getTime()).toBeLessThanOrEqual(now.getTime());
        expect(nextRun(schedule, currentRun(schedule, now))).toEqual(nextRun(schedule, now));
      }),
    );
  });

  it.each([
    ['NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK', 'MO'],
    ['NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK', '1 2'],
    ['NOCODB_BACKUP_SCHEDULE_CRON', 'daily'],
    ['NOCODB_BACKUP_SCHEDULE_HOUR', '24'],
    ['TZ', 'Vienna'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => parseConfig(ScheduleSettings, { [name]: value })).toThrow(name);
  });
});
