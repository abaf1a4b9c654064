import { describe, expect, it } from '@jest/globals';
import { isFrom, isUpTo, positionOf } from './position.js';

const event = { sequence: 42, time: new Date('2026-02-05T05:15:00Z') };

describe('a position in the log', () => {
  it.each([
    ['42', { sequence: 42 }],
    ['2026-02-05', { time: new Date('2026-02-05T00:00:00Z') }],
    ['2026-02-05T05:15', { time: new Date('2026-02-05T05:15:00Z') }],
    ['2026-02-05 05:15:07', { time: new Date('2026-02-05T05:15:07Z') }],
    ['2026-02-05T05:15:00+02:00', { time: new Date('2026-02-05T03:15:00Z') }],
  ])('is read from %j', (text, position) => {
    expect(positionOf(text)).toEqual(position);
  });

  it.each(['', 'yesterday', '-1', '2026-13-01', '2026-02-05T', '12.5'])('is not read from %j', (text) => {
    expect(() => positionOf(text)).toThrow(/sequence such as 42/);
  });

  it('includes the event that stands there, from both sides', () => {
    expect([isFrom({ sequence: 42 }, event), isUpTo({ sequence: 42 }, event)]).toEqual([true, true]);
    expect([isFrom({ time: event.time }, event), isUpTo({ time: event.time }, event)]).toEqual([true, true]);
    expect([isFrom({ sequence: 43 }, event), isUpTo({ sequence: 41 }, event)]).toEqual([false, false]);
  });
});
