import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@nocodb-backup/messaging';
import pc from 'picocolors';
import { eventJson, eventLine } from './event-line.js';

const place = { sequence: 7, time: new Date('2026-02-05T05:15:00Z') };
const frame = { colors: pc.createColors(false), withId: true };
const data = { backupId: 'b1', failure: { reason: 'no space', attempts: 2 } };
const failed: StoredEvent = {
  ...place,
  subject: 'evt.backup.b1.DumpFailed',
  envelope: { specversion: '1.0', subject: 'b1', time: '2026-02-05T05:14:59Z', data },
  event: { type: 'DumpFailed', data } as StoredEvent['event'],
};
const unknown: StoredEvent = {
  ...place,
  subject: 'evt.backup.b1.Sung',
  envelope: { specversion: '1.0', data: { by: 'ada\u001b[2J' } },
  event: undefined,
};
const text = 'x\u001b[2J\ny';
const garbage: StoredEvent = { ...unknown, envelope: text };

describe('a line of the log', () => {
  it('says for people what the event says', () => {
    expect(eventLine(failed, frame)).toMatch(
      /#7 {2}2026-02-05 .* b1 {2}DumpFailed .* no space \(2 attempts\)$/,
    );
  });

  it('shows what this version does not know, on which subject', () => {
    expect(eventLine(unknown, frame)).toMatch(
      /b1 {2}Sung .* not known to this version of the program, on evt.backup.b1.Sung: .*ada/,
    );
  });

  it('shows what is no event, short, and without what would steer the terminal', () => {
    const line = eventLine({ ...garbage, envelope: `${text}${'z'.repeat(5000)}` }, frame);
    expect(line).toMatch(/no event of ours, on evt.backup.b1.Sung: "x/);
    expect(line.length).toBeLessThan(400);
    for (const stored of [unknown, garbage]) expect(eventLine(stored, frame)).not.toMatch(/\p{Cc}/u);
  });

  it('is for programs what is stored, at the place and time of the log', () => {
    expect(JSON.parse(eventJson(failed))).toEqual({
      specversion: '1.0',
      subject: 'b1',
      data,
      sequence: 7,
      time: '2026-02-05T05:15:00.000Z',
    });
    expect(JSON.parse(eventJson(garbage))).toMatchObject({ subject: garbage.subject, raw: text });
  });
});
