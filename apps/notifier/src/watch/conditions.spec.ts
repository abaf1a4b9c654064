import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { type AlertFact, alertsOf, type BackupFact, foldBackup, noAlerts } from '@nocodb-backup/backup';
import {
  type AlertKind,
  BackupDeleted,
  type Event,
  VerificationFailed,
  Verified,
} from '@nocodb-backup/events';
import { madeUpFacts, type MadeUpBackup } from '@nocodb-backup/testing';
import { alertFacts } from './alert-facts.js';
import { type Chronicle, evolveChronicle, type Noted, noteOf, sourcesOf } from './chronicle.js';
import { diskConditions, spaceIn } from './disk.js';
import { foundFact } from './found.harness.js';
import { goodOf } from './good.js';
import { ageConditions, overdueConditions } from './time-conditions.js';

const kinds = new Set<AlertKind>(['overdue', 'no-good-backup', 'disk-full']);
const begun = new Date('2026-11-22T05:00:00Z');
const id = '2026-11-22_05-00-00';
const noted = ['BackupRequested', 'Uploaded', 'UploadFailed', 'BackupImported'];

const placed = (facts: readonly Event[]) =>
  facts.map((fact, index) => ({ ...fact, sequence: index + 1, time: begun }));
const good = (...facts: readonly Event[]) => goodOf(foldBackup(placed(facts) as BackupFact[]));
const chronicleOf = (facts: readonly Event[], chronicle: Chronicle = new Map()): Chronicle =>
  evolveChronicle(
    chronicle,
    placed(facts).flatMap((fact) => (noted.includes(fact.type) ? noteOf(fact as unknown as Noted) : [])),
  );
const made = (status: NonNullable<MadeUpBackup['status']>) => madeUpFacts(id, { status });
const hours = (count: number) => new Date(begun.getTime() + count * 3600_000);
const age = { source: 'default', awaitedSince: begun };
const recorded = (facts: ReturnType<typeof alertFacts>, from = 1) =>
  facts.map((fact, index) => ({ ...fact, sequence: from + index, time: begun })) as AlertFact[];

describe('what time alone brings about', () => {
  it('alerts of a schedule that never runs (D1), and of backups that fail all the time (D2)', () => {
    expect(ageConditions([age], 26, hours(26))).toEqual([]);
    expect(ageConditions([age], 26, hours(27))).toMatchObject([{ kind: 'no-good-backup', level: 'error' }]);
    expect(good(...made('failed'))).toBeUndefined();
    expect(good(...made('partial'))).toBeUndefined();
    const lastGood = good(...made('complete'));
    const later = { ...age, lastGood, awaitedSince: hours(-100) };
    expect(ageConditions([later], 26, hours(26))).toEqual([]);
    expect(ageConditions([later], 26, hours(27))).toHaveLength(1);
    expect(ageConditions([later], 0, hours(270))).toEqual([]);
  });

  it('counts what was found in the vault from when it was made, and for no source that nobody runs', () => {
    const found = foundFact(id, hours(-5));
    const lastGood = good(found);
    expect(lastGood).toEqual({ id, endedAt: hours(-5), holds: ['dump'] });
    expect(ageConditions([{ ...age, lastGood }], 26, hours(21))).toEqual([]);
    expect(ageConditions([{ ...age, lastGood }], 26, hours(22))).toHaveLength(1);
    expect(sourcesOf(chronicleOf([found]))).toEqual([]);
    expect(sourcesOf(chronicleOf([found, ...made('running')]))).toEqual(['default']);
    expect(overdueConditions(chronicleOf([found]), hours(900_000))).toEqual([]);
  });

  it('counts no backup that is damaged, until a check takes it back, and none that lies nowhere', () => {
    const check = { backupId: id, kind: 'verify', n: 'v1' } as const;
    const damage = VerificationFailed({ ...check, findings: ['cut short'] });
    const counts = { files: 1, bytes: 1, tables: 1, rows: 1, seconds: 1 };
    const whole = Verified({
      ...{ ...check, n: 'v2', sample: 'full', destinations: ['local'], ...counts, warnings: [] },
    });
    const deleted = BackupDeleted({
      ...{ backupId: id, n: 'd1', destination: 'local', files: 1, bytes: 1, warnings: [] },
    });
    expect(good(...made('complete'), damage)).toBeUndefined();
    expect(good(...made('complete'), damage, whole)).toBeDefined();
    expect(good(...made('complete'), deleted)).toBeUndefined();
    expect(good(...made('complete'), deleted, foundFact(id, begun))).toBeDefined();
  });

  it('says that a backup is overdue a while after its deadline, and until it ends', () => {
    const running = chronicleOf(made('running'));
    expect(overdueConditions(running, new Date('2030-01-01T00:10:00Z'))).toEqual([]);
    expect(overdueConditions(running, new Date('2030-01-01T00:16:00Z'))).toMatchObject([{ kind: 'overdue' }]);
    const ended = chronicleOf(made('complete').toReversed());
    expect(overdueConditions(ended, new Date('2031-01-01T00:00:00Z'))).toEqual([]);
  });

  it('raises an alert once, clears it once, and counts its next occurrence', () => {
    const conditions = ageConditions([age], 26, hours(27));
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

  it('asks the real disk, and says nothing of one that is not there', async () => {
    const space = await spaceIn(tmpdir());
    if (!space) throw new Error('the disk does not answer');
    expect(space.free).toBeGreaterThan(0);
    expect(space.total).toBeGreaterThan(space.free);
    const about = { source: 'default', isOpen: false };
    expect(diskConditions(space, { ...about, percent: 100 }, begun)).toMatchObject([{ kind: 'disk-full' }]);
    expect(diskConditions(space, { ...about, percent: 0 }, begun)).toEqual([]);
    expect(await spaceIn('/nowhere/at/all')).toBeUndefined();
  });
});
