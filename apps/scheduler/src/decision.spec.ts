import { describe, expect, it } from '@jest/globals';
import { backupRequest } from '@nocodb-backup/backup';
import {
  type Event,
  RunDecided,
  type Schedule,
  ScheduleSet,
  Uploaded,
  VersionSeen,
} from '@nocodb-backup/events';
import { type Agenda, type AgendaFact, emptyAgenda, evolveAgenda } from './agenda.js';
import { decisionAt, startable } from './decision.js';
import { scheduleToSet } from './schedule-to-set.js';

const daily: Schedule = { mode: 'cron', expression: '15 5 * * *', timeZone: 'Etc/UTC' };
const source = 'default';
const content = { source, parts: ['dump' as const], records: true, attachments: true, deadlineHours: 12 };
const id = (day: number) => `2026-02-${String(day).padStart(2, '0')}_05-15-00`;
const at = (day: number, time = '05:15:00') => new Date(`2026-02-${String(day).padStart(2, '0')}T${time}Z`);

const given = (...events: (Event & { readonly causationId?: string })[]): Agenda =>
  events.reduce<Agenda>((agenda, event, index) => {
    const place = {
      id: `e${index + 1}`,
      sequence: index + 1,
      traceparent: undefined,
      causationId: undefined,
    };
    return evolveAgenda(agenda, { ...place, ...event } as unknown as AgendaFact);
  }, emptyAgenda);

const set = (schedule: Schedule | null = daily, from = at(1, '00:00:00'), n = '1') =>
  ScheduleSet({ source, n, schedule, from: from.toISOString() });
const decided = (day: number, decision: 'start' | 'queue' | 'skip' = 'start', behind?: string) =>
  RunDecided({ source, run: id(day), decision, ...(behind && { behind }), decidedAt: at(day).toISOString() });
const requested = (day: number, causationId?: string) => ({
  ...backupRequest(content, {
    instant: at(day),
    trigger: causationId ? 'schedule' : 'manual',
    requestedBy: 'spec',
  }),
  ...(causationId && { causationId }),
});
const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };
const ended = (day: number) =>
  Uploaded({ backupId: id(day), manifest, status: 'complete', destinations: ['local'], files: 1, bytes: 1 });
const upgraded = (day: number) =>
  VersionSeen({
    source,
    n: '2',
    version: '0.302.0',
    previous: '0.301.3',
    seenAt: at(day, '12:00:00').toISOString(),
  });

const decide = (agenda: Agenda, now: Date, overlap: 'skip' | 'queue' = 'skip') =>
  decisionAt(agenda, { source, overlap, now })?.data;

describe('a planned run', () => {
  it('starts when it is due, once', () => {
    const agenda = given(set());
    expect(decide(agenda, at(1, '05:14:59'))).toBeUndefined();
    expect(decide(agenda, at(1))).toEqual({
      source,
      run: id(1),
      decision: 'start',
      decidedAt: '2026-02-01T05:15:00.000Z',
    });
    expect(decide(given(set(), decided(1)), at(1, '05:15:30'))).toBeUndefined();
  });

  it('is not missed on the first start', () => {
    expect(decide(given(set(daily, at(9, '12:00:00'))), at(9, '12:00:01'))).toBeUndefined();
  });

  it('is not missed when its scheduler comes back within five minutes', () => {
    expect(decide(given(set()), at(1, '05:19:00'))).toMatchObject({ run: id(1), decision: 'start' });
    expect(decide(given(set()), at(1, '05:19:00'))?.missed).toBeUndefined();
  });

  it('is made late, and says so', () => {
    expect(decide(given(set()), at(1, '07:00:00'))).toMatchObject({
      run: id(1),
      missed: { runs: 1, since: '2026-02-01T05:15:00.000Z' },
    });
  });

  it('makes up for all that were missed before it', () => {
    expect(decide(given(set(), decided(2, 'skip')), at(6, '07:00:00'))).toMatchObject({
      run: id(6),
      decision: 'start',
      missed: { runs: 4, since: '2026-02-03T05:15:00.000Z' },
    });
    expect(decide(given(set(), decided(2, 'skip')), at(6, '05:15:01'))?.missed).toEqual({
      runs: 3,
      since: '2026-02-03T05:15:00.000Z',
    });
  });

  it('is left to the next one when that is due within five minutes', () => {
    expect(decide(given(set(), decided(2, 'skip')), at(6, '05:11:00'))).toBeUndefined();
    expect(decide(given(set(), decided(2, 'skip')), at(6))).toMatchObject({
      run: id(6),
      missed: { runs: 3 },
    });
  });

  it('counts no more than a thousand missed ones', () => {
    const minutely: Schedule = { mode: 'cron', expression: '* * * * *', timeZone: 'Etc/UTC' };
    const decision = decide(given(set(minutely)), at(20));
    expect(decision).toMatchObject({ run: id(20), missed: { runs: 999, since: '2026-02-01T00:01:00.000Z' } });
  });

  it('is not repeated when the clock is put back, and none is lost', () => {
    const agenda = given(set(), decided(1), decided(2), decided(3));
    expect(decide(agenda, at(2, '12:00:00'))).toBeUndefined();
    expect(decide(agenda, at(3, '12:00:00'))).toBeUndefined();
    expect(decide(agenda, at(4))).toMatchObject({ run: id(4) });
  });

  it('comes as planned although the clock once ran ahead', () => {
    const agenda = given(set(), decided(1, 'skip'), decided(25, 'skip'));
    expect(decide(agenda, at(2))).toMatchObject({ run: id(2), decision: 'start' });
    expect(decide(agenda, at(2))?.missed).toBeUndefined();
  });

  it('follows those that versions without decisions requested', () => {
    const legacy = backupRequest(content, { instant: at(2), trigger: 'schedule', requestedBy: 'schedule' });
    const agenda = given(legacy, ended(2));
    expect(scheduleToSet(agenda, daily, at(4, '12:00:00'))).toMatchObject({
      n: '1',
      from: at(2).toISOString(),
    });
  });
});

describe('a run that is due while a backup is running', () => {
  const busy = given(set(), decided(1), requested(1, 'e2'));

  it('is left out, and names the backup', () => {
    expect(decide(given(set(), requested(2)), at(2, '05:16:00'))).toMatchObject({
      decision: 'skip',
      behind: id(2),
    });
  });

  it('starts once the deadline of that backup has passed', () => {
    expect(decide(busy, at(2))).toMatchObject({ decision: 'start' });
  });

  it('waits for its end with queue, and is then requested', () => {
    const running = [set(daily, at(1, '06:00:00')), requested(2)] as const;
    expect(decide(given(...running), at(2), 'queue')).toMatchObject({ decision: 'queue', behind: id(2) });
    const queued = [...running, decided(2, 'queue', id(2))] as const;
    expect(startable(given(...queued), at(2, '06:00:00'))).toBeUndefined();
    const free = given(...queued, ended(2));
    expect(startable(free, at(2, '06:00:00'))).toMatchObject({ cause: { id: 'e3' }, instant: at(2) });
    expect(startable(given(...queued, ended(2), requested(2, 'e3')), at(2, '06:00:00'))).toBeUndefined();
  });

  it('is left out with queue, too, when another one waits', () => {
    const hourly: Schedule = { mode: 'interval', hours: 1 };
    const agenda = given(set(hourly, at(2, '04:30:00')), requested(2), decided(2, 'queue', id(2)));
    expect(decide(agenda, at(2, '06:00:00'), 'queue')).toMatchObject({ decision: 'skip', behind: id(2) });
  });

  it('takes the place of one that still waited when all schedulers were down', () => {
    const agenda = given(set(), requested(2), decided(2, 'queue', id(2)), ended(2));
    const decision = decide(agenda, at(4, '12:00:00'), 'queue');
    expect(decision).toMatchObject({
      run: id(4),
      decision: 'start',
      missed: { runs: 3, since: at(2).toISOString() },
    });
    expect(given(set(), decided(2, 'queue'), decided(4)).waiting.map(({ instant }) => instant)).toEqual([
      at(4),
    ]);
  });
});

describe('what is requested', () => {
  it('is what was decided, also when the one who decided it has died', () => {
    const agenda = given(set(), decided(1));
    expect(startable(agenda, at(1, '06:00:00'))).toMatchObject({ cause: { id: 'e2' }, instant: at(1) });
    expect(startable(given(set(), decided(1), requested(1, 'e2')), at(1, '06:00:00'))).toBeUndefined();
  });

  it('is a backup after NocoDB was seen with another version, as soon as none is running', () => {
    const waiting = startable(
      given(set(), decided(1), requested(1, 'e2'), ended(1), upgraded(1)),
      at(1, '12:00:00'),
    );
    expect(waiting).toMatchObject({ trigger: 'upgrade', instant: at(1, '12:00:00') });
    expect(waiting?.reason).toBe('NocoDB has version 0.302.0 instead of 0.301.3: taken after the change');
    expect(startable(given(set(), requested(1), upgraded(1)), at(1, '12:00:00'))).toBeUndefined();
  });

  it('is nothing within a minute before the next run, which serves as well', () => {
    expect(startable(given(set(), upgraded(1)), at(2, '05:14:30'))).toBeUndefined();
    expect(given(set(), upgraded(1), decided(2)).waiting).toMatchObject([{ trigger: 'schedule' }]);
  });

  it('is nothing once the schedule is switched off', () => {
    const agenda = given(set(), upgraded(1), set(null, at(1, '13:00:00'), '2'));
    expect(startable(agenda, at(1, '14:00:00'))).toBeUndefined();
    expect(decide(agenda, at(5))).toBeUndefined();
  });
});

describe('the schedule in the log', () => {
  it('is set when it is another one, and when a clock that ran ahead has set it', () => {
    expect(scheduleToSet(given(), daily, at(1))).toEqual({
      n: '1',
      schedule: daily,
      from: at(1).toISOString(),
    });
    expect(scheduleToSet(given(set()), daily, at(5))).toBeUndefined();
    expect(scheduleToSet(given(set()), { mode: 'interval', hours: 6 }, at(5))).toMatchObject({ n: '2' });
    expect(scheduleToSet(given(set(daily, at(9))), daily, at(5))).toMatchObject({
      n: '2',
      from: at(5).toISOString(),
    });
    expect(scheduleToSet(given(), null, at(5))).toBeUndefined();
    expect(scheduleToSet(given(set()), null, at(5))).toMatchObject({ n: '2', schedule: null });
  });

  it('counts what was missed from when it was set: what it replaces had missed something else', () => {
    const agenda = given(
      set(),
      decided(1, 'skip'),
      set({ mode: 'cron', expression: '0 * * * *', timeZone: 'Etc/UTC' }, at(5), '2'),
    );
    expect(decide(agenda, at(5, '05:59:00'))).toBeUndefined();
    expect(decide(agenda, at(5, '06:00:00'))?.missed).toBeUndefined();
  });

  it('runs at once by an interval that is set, and misses nothing', () => {
    const agenda = given(set({ mode: 'interval', hours: 24 }, at(5, '12:00:00')));
    expect(decide(agenda, at(5, '12:00:00'))).toMatchObject({
      run: '2026-02-05_00-00-00',
      decision: 'start',
    });
    expect(decide(agenda, at(5, '12:00:00'))?.missed).toBeUndefined();
  });
});
