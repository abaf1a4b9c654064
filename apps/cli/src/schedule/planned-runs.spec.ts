import { describe, expect, it } from '@jest/globals';
import { plannedRuns } from './planned-runs.js';

const zone = 'Europe/Vienna';
const runs = (expression: string, after: string, count = 3) =>
  plannedRuns({ mode: 'cron', expression, timeZone: zone }, { zone, after: new Date(after), count });

describe('the runs that will come', () => {
  it('are told in the time zone and in UTC, with what summer time makes of them', () => {
    expect(runs('30 2 * * *', '2026-03-28T00:00:00Z')).toEqual([
      { at: '2026-03-28T01:30:00.000Z', local: '2026-03-28 02:30', note: null },
      {
        at: '2026-03-29T01:00:00.000Z',
        local: '2026-03-29 03:00',
        note: 'the planned time does not exist: the clocks are put forward',
      },
      { at: '2026-03-30T00:30:00.000Z', local: '2026-03-30 02:30', note: null },
    ]);
  });

  it('tell of the one whose time comes twice', () => {
    expect(runs('30 2 * * *', '2026-10-24T12:00:00Z', 2).map(({ note }) => note)).toEqual([
      'this time comes twice: the backup runs at the first',
      null,
    ]);
  });

  it.each(['0 3 * * *', '*/30 * * * *'])('need no note for %s', (expression) => {
    for (const night of ['2026-03-28T23:45:00Z', '2026-10-24T22:45:00Z'])
      expect(runs(expression, night, 8).map(({ note }) => note)).toEqual(
        Array.from({ length: 8 }, () => null),
      );
  });
});
