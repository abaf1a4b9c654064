import { describe, expect, it } from '@jest/globals';
import { type AlertFact, alertsOf, noAlerts } from '@nocodb-backup/backup';
import type { AlertKind } from '@nocodb-backup/events';
import { madeUpFacts, type MadeUpBackup } from '@nocodb-backup/testing';
import { alertFacts } from './alert-facts.js';
import { type Chronicle, evolveChronicle, type Noted } from './chronicle.js';
import { diskConditions } from './disk.js';
import { ageConditions, overdueConditions } from './time-conditions.js';

const kinds = new Set<AlertKind>(['overdue', 'no-good-backup', 'disk-full']);
const begun = new Date('2026-11-22T05:00:00Z');
const noted = ['BackupRequested', 'Uploaded', 'UploadFailed'];

const chronicleOf = (id: string, made: MadeUpBackup, chronicle: Chronicle = new Map()): Chronicle => {
  const facts = madeUpFacts(id, made).filter(({ type }) => noted.includes(type));
  return evolveChronicle(
    chronicle,
    facts.map((fact, index) => ({ ...fact, sequence: index + 1, time: begun })) as Noted[],
  );
};
const hours = (count: number) => new Date(begun.getTime() + count * 3600_000);
const rule = { maxAgeHours: 26, ownSource: 'default', watchedSince: begun };
const recorded = (facts: ReturnType<typeof alertFacts>, from = 1) =>
  facts.map((fact, index) => ({ ...fact, sequence: from + index, time: begun })) as AlertFact[];

describe('what time alone brings about', () => {
  it('alerts of a schedule that never runs (D1), and of backups that fail all the time (D2)', () => {
    expect(ageConditions(new Map(), rule, hours(26))).toEqual([]);
    expect(ageConditions(new Map(), rule, hours(27))).toMatchObject([
      { kind: 'no-good-backup', level: 'error' },
    ]);
    const failing = chronicleOf('2026-11-22_05-00-00', { status: 'failed' });
    expect(ageConditions(failing, rule, hours(27))).toMatchObject([{ kind: 'no-good-backup' }]);
    const good = chronicleOf('2026-11-22_05-00-00', {});
    expect(ageConditions(good, rule, hours(26))).toEqual([]);
    expect(ageConditions(good, { ...rule, maxAgeHours: 0 }, hours(270))).toEqual([]);
  });

  it('says that a backup is overdue a while after its deadline, and until it ends', () => {
    const running = chronicleOf('2026-11-22_05-00-00', { status: 'running' });
    expect(overdueConditions(running, new Date('2030-01-01T00:10:00Z'))).toEqual([]);
    expect(overdueConditions(running, new Date('2030-01-01T00:16:00Z'))).toMatchObject([{ kind: 'overdue' }]);
    const ended = chronicleOf('2026-11-22_05-00-00', {});
    expect(overdueConditions(ended, new Date('2031-01-01T00:00:00Z'))).toEqual([]);
  });

  it('raises an alert once, clears it once, and counts its next occurrence', () => {
    const conditions = ageConditions(new Map(), rule, hours(27));
    const raised = recorded(alertFacts(noAlerts, conditions, kinds));
    expect(raised.map(({ data }) => data.alertId)).toEqual(['no-good-backup-default-1']);
    expect(alertFacts(alertsOf(raised), conditions, kinds)).toEqual([]);
    const cleared = recorded(alertFacts(alertsOf(raised), [], kinds), 2);
    expect(cleared.map(({ type }) => type)).toEqual(['AlertCleared']);
    const over = alertsOf([...raised, ...cleared]);
    expect(alertFacts(over, [], kinds)).toEqual([]);
    expect(alertFacts(over, conditions, kinds).map(({ data }) => data.alertId)).toEqual([
      'no-good-backup-default-2',
    ]);
  });

  it('clears nothing about which it knows nothing now', () => {
    const space = { free: 5, total: 100 };
    const full = diskConditions(space, { source: 'default', percent: 10, isOpen: false }, begun);
    const open = alertsOf(recorded(alertFacts(noAlerts, full, kinds)));
    expect(alertFacts(open, [], new Set<AlertKind>(['overdue']))).toEqual([]);
    expect(alertFacts(open, [], kinds)).toHaveLength(1);
  });

  it('lets a disk that was nearly full have some more room before it says that it is well', () => {
    const space = { free: 11, total: 100 };
    const about = { source: 'default', percent: 10 };
    expect(diskConditions(space, { ...about, isOpen: false }, begun)).toEqual([]);
    expect(diskConditions(space, { ...about, isOpen: true }, begun)).toHaveLength(1);
  });
});
