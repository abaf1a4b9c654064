import { describe, expect, it } from '@jest/globals';
import { foldRestore, type RestoreFact } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import type { Known, Tellable } from './known.js';
import { messageOf } from './message-of.js';

const [backupId, restoreId] = ['2026-11-22_05-15-00', '2026-11-22_09-00-00'];
const at = (minute: number) => ({ sequence: minute + 1, time: new Date(Date.UTC(2026, 10, 22, 9, minute)) });
const failure = { reason: 'the disk is full', attempts: 5 };
const told = (fact: e.Event, known: Known = {}) => messageOf({ ...fact, ...at(5) } as Tellable, known);

describe('what people are told of a restore', () => {
  const wish = { restoreId, backupId, source: 'default', kind: 'records', scope: {}, options: {} } as const;
  const ended = (ending: e.RestoreEvent, planOnly = false) => {
    const requested = e.RestoreRequested({ ...wish, planOnly, requestedBy: 'ada' });
    const facts = [
      { ...requested, ...at(0) },
      { ...ending, ...at(5) },
    ];
    return told(ending, { restore: foldRestore(facts as RestoreFact[]) });
  };
  const completed = (leftOutCount: number) =>
    e.RestoreCompleted({
      ...{ restoreId, counts: { records: 1240 }, leftOutCount, warnings: ['an odd date'] },
      next: ['Look at the records in NocoDB.'],
    });

  it('is good news when everything is back', () => {
    expect(ended(completed(0))).toEqual({
      level: 'info',
      title: 'Restore done',
      lines: [
        `The restore (records) of backup ${backupId} is done, and everything is back.`,
        '- an odd date',
      ],
      facts: [
        ['Restore', restoreId],
        ['Backup', backupId],
        ['Asked for by', 'ada'],
        ['Ended', '2026-11-22 09:05 UTC'],
        ['Took', '5 min'],
        ['Put back', '1,240 records'],
      ],
      next: ['Look at the records in NocoDB.'],
    });
  });

  it('is a warning when something was left out, and names where to see it', () => {
    const message = ended(completed(2));
    expect(message).toMatchObject({ level: 'warning', title: 'Restore done in part' });
    expect(message?.lines[0]).toContain('2 things were left out');
    expect(message?.next.at(-1)).toBe(`nocodb-backup show ${restoreId}`);
    expect(ended(completed(1))?.lines[0]).toContain('1 thing was left out');
  });

  it('is an error when it failed, and no alarm when it was refused', () => {
    expect(ended(e.RestoreFailed({ restoreId, failure }))).toMatchObject({
      level: 'error',
      lines: [expect.stringMatching(/may be done in part/), 'the disk is full'],
    });
    expect(ended(e.RestoreRefused({ restoreId, reason: 'NocoDB runs' }))).toMatchObject({
      level: 'info',
      lines: [expect.stringMatching(/nothing was touched/), 'NocoDB runs'],
    });
  });

  it('is nothing where only its plan was wanted, or where nobody knows it', () => {
    expect(ended(completed(0), true)).toBeUndefined();
    expect(told(completed(0))).toBeUndefined();
  });
});

describe('what people are told of the schedule', () => {
  const decided = { source: 'default', run: backupId, decidedAt: at(5).time.toISOString() } as const;
  const missed = (runs: number) => ({ runs, since: '2026-11-20T05:15:00.000Z' });

  it('is which runs were missed, since when, and that one makes up for them', () => {
    expect(told(e.RunDecided({ ...decided, decision: 'start', missed: missed(3) }))).toMatchObject({
      level: 'warning',
      title: 'Planned backup missed: default',
      lines: [
        '3 planned backups were not begun in time, since 2026-11-20 05:15 UTC: the machine or the scheduler was down.',
        `It is made up for now: backup ${backupId}.`,
      ],
    });
    const many = told(e.RunDecided({ ...decided, decision: 'queue', behind: 'x', missed: missed(1000) }));
    expect(many?.lines).toEqual([
      expect.stringMatching(/^At least 1,?000 planned backups/),
      `Backup ${backupId} follows as soon as x has ended.`,
    ]);
  });

  it('is which run was left out, and because of what', () => {
    expect(told(e.RunDecided({ ...decided, decision: 'skip', behind: 'x' }))).toMatchObject({
      level: 'warning',
      title: 'Planned backup left out: default',
      lines: [`The run of ${backupId} was left out, because x was still running.`],
      next: [expect.any(String), 'nocodb-backup show x'],
    });
  });

  it('is nothing where all goes as planned', () => {
    expect(told(e.RunDecided({ ...decided, decision: 'start' }))).toBeUndefined();
    expect(told(e.RunDecided({ ...decided, decision: 'queue', behind: 'x' }))).toBeUndefined();
  });

  it('is that NocoDB has another version, and nothing of the first one that was seen', () => {
    const seen = (previous: string | null) =>
      told(
        e.VersionSeen({ source: 'default', n: '1', version: '0.301.3', previous, seenAt: decided.decidedAt }),
      );
    expect(seen(null)).toBeUndefined();
    expect(seen('0.300.0')).toMatchObject({
      level: 'info',
      lines: ['NocoDB answers with version 0.301.3; before, it was 0.300.0.'],
    });
  });
});

describe('what people are told of old backups', () => {
  it('is that one could not be deleted, once', () => {
    const failed = e.DeletionFailed({ backupId, n: 'd1', destination: 's3', failure });
    expect(told(failed)).toMatchObject({
      level: 'warning',
      title: 'A backup could not be deleted in s3',
      lines: [expect.stringMatching(new RegExp(backupId)), 'the disk is full'],
    });
    expect(told(failed, { isRepeated: true })).toBeUndefined();
  });

  it('is why one is kept no longer', () => {
    const policy = { count: 0, days: 30, daily: 0, weekly: 0, monthly: 0, yearly: 0, incompleteDays: 0 };
    const expired = e.BackupExpired({
      ...{ backupId, destination: 'local', reasons: ['older than 30 days'] },
      policy: { ...policy, zone: 'Etc/UTC' },
    });
    expect(told(expired)).toMatchObject({
      level: 'info',
      title: 'Backup expired in local',
      lines: [expect.stringMatching(/will be deleted there/), 'older than 30 days'],
    });
  });
});
