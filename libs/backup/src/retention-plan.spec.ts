import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type MadeUpBackup, madeUpFacts } from '@nocodb-backup/testing';
import fc from 'fast-check';
import type { Backup } from './backup.js';
import { backupIdOf } from './backup-id.js';
import { deletionRefusal } from './deletion-refusal.js';
import { type BackupFact, foldBackup } from './evolve.js';
import { newestGood, retentionPlan } from './retention-plan.js';
import type { RetentionPolicy } from './retention.js';
import { verdictOf } from './verdict.js';

const none = {
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
const DAY_MS = 86_400_000;

const folded = (events: readonly e.BackupEvent[]): Backup => {
  const facts = events.map((event, at): BackupFact => ({
    ...event,
    sequence: at + 1,
    time: new Date(now.getTime() + at),
  }));
  const backup = foldBackup(facts);
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};
const idAt = (daysAgo: number) => backupIdOf(new Date(now.getTime() - daysAgo * DAY_MS));
/** A backup of so many days ago. */
const made = (
  daysAgo: number,
  how: MadeUpBackup = {},
  since: (backupId: string) => e.BackupEvent[] = () => [],
) => folded([...madeUpFacts(idAt(daysAgo), how), ...since(idAt(daysAgo))]);

const by = 'ada';
const pinned = (backupId: string) => [e.BackupPinned({ backupId, n: 'n1', by })];
const deletedIn = (destination: e.Destination) => (backupId: string) => [
  e.BackupDeleted({ backupId, n: destination, destination, files: 1, bytes: 1, warnings: [] }),
];
const damaged = (backupId: string) => [
  e.VerificationFailed({ backupId, n: 'v', kind: 'verify', findings: ['database.sql.gz has other bytes'] }),
];
const going = (backups: readonly Backup[], policy: Partial<RetentionPolicy>, at = now) =>
  retentionPlan(backups, { ...none, ...policy }, at)
    .filter(({ stays }) => !stays)
    .map(({ id, destination }) => `${id} ${destination}`);

describe('retention of what the log knows', () => {
  it('never pushes a good backup out for failed, partial or running ones (D14)', () => {
    const good = [made(20), made(30), made(40)];
    const bad = Array.from({ length: 18 }, (_, day) =>
      made(day, { status: (['failed', 'partial', 'running'] as const)[day % 3] ?? 'failed' }),
    );
    expect(going([...bad, ...good], { count: 3 })).toEqual([]);
    expect(going([...bad, ...good], { count: 2 })).toEqual([`${idAt(40)} local`]);
  });

  it('counts no days while no backup succeeds', () => {
    const good = [made(60), made(65), made(80)];
    const failing = Array.from({ length: 50 }, (_, day) => made(day, { status: 'failed' }));
    expect(going([...failing, ...good], { days: 14 })).toEqual([`${idAt(80)} local`]);
  });

  it('judges each destination by what lies there', () => {
    const both = { destinations: ['local', 's3'] as const };
    const backups = [
      made(1, both),
      made(2, both, deletedIn('local')),
      made(3, both),
      made(4, { destinations: ['s3'] }),
    ];
    expect(going(backups, { count: 2 })).toEqual([`${idAt(3)} s3`, `${idAt(4)} s3`]);
    expect(going([made(1, { destinations: ['s3'] }), made(2)], { count: 1 })).toEqual([]);
  });

  it('keeps a whole backup that could not be brought to the bucket for what it is where it lies', () => {
    const facts = madeUpFacts(idAt(1)).map((fact) =>
      fact.type === 'Uploaded'
        ? e.Uploaded({ ...fact.data, missingDestinations: [{ destination: 's3', reason: 'no such bucket' }] })
        : fact,
    );
    expect(going([folded(facts), made(2)], { count: 1 })).toEqual([`${idAt(2)} local`]);
  });

  it('lets no backup push out one that holds more', () => {
    const full = { parts: ['dump', 'files'] as e.Part[] };
    const backups = [made(1), made(2), made(3, full), made(4, full), made(5, full), made(6)];
    expect(going(backups, { count: 2 })).toEqual([
      `${idAt(3)} local`.replace(idAt(3), idAt(5)),
      `${idAt(6)} local`,
    ]);
  });

  it('sweeps what a failed backup left once there is a newer good one', () => {
    const failed = made(10, { status: 'failed' });
    expect(going([failed], { count: 1 })).toEqual([]);
    expect(going([failed, made(9)], { count: 1 })).toEqual([`${idAt(10)} local`]);
    expect(going([made(10, { status: 'failed' }, deletedIn('local')), made(9)], { count: 1 })).toEqual([]);
  });

  it('leaves a copy that somebody has fetched back alone for a week', () => {
    const downloaded = (backupId: string) => [
      ...deletedIn('local')(backupId),
      e.Downloaded({ backupId, n: 'n', files: 1, bytes: 1, seconds: 1 }),
    ];
    const backups = [made(1), made(300, {}, downloaded)];
    expect(going(backups, { count: 1 }, new Date(now.getTime() + 6 * DAY_MS))).toEqual([]);
    expect(going(backups, { count: 1 }, new Date(now.getTime() + 8 * DAY_MS))).toEqual([
      `${idAt(300)} local`,
    ]);
  });

  it('leaves damaged ones to a person, and counts on none of them', () => {
    expect(going([made(1, {}, damaged), made(2), made(3)], { count: 1 })).toEqual([`${idAt(3)} local`]);
    expect(going([made(1), made(300, {}, damaged)], { count: 1 })).toEqual([]);
  });

  it('never removes the newest good one or a pinned one, and judges each exactly once', () => {
    const how = fc.record({
      status: fc.constantFrom('complete', 'partial', 'failed', 'running'),
      destinations: fc.constantFrom<e.Destination[]>(['local'], ['s3'], ['local', 's3']),
      since: fc.constantFrom(pinned, damaged, deletedIn('local'), () => []),
    });
    const few = fc.integer({ min: 0, max: 5 });
    const figures = fc.record({ count: few, days: few, daily: few, weekly: few, monthly: few, yearly: few });
    fc.assert(
      fc.property(fc.array(how, { maxLength: 40 }), figures, (hows, policy) => {
        const backups = hows.map(({ since, ...one }, day) => made(day * 3, one, since));
        const plan = retentionPlan(backups, { ...none, ...policy }, now);
        const keys = plan.map(({ id, destination }) => `${id} ${destination}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { backup, destination, stays, reasons } of plan) {
          expect(reasons.length).toBeGreaterThan(0);
          const isNewest = newestGood(backups, { like: backup, destination }) === backup;
          if (isNewest || backup.keeping.pinned) expect(stays).toBe(true);
        }
        expect(retentionPlan([...backups].reverse(), { ...none, ...policy }, now)).toEqual(plan);
      }),
    );
  });

  it('survives a year in which every third run fails, with a policy of days, weeks and months', () => {
    const policy = { ...none, daily: 7, weekly: 4, monthly: 6 };
    let backups: Backup[] = [];
    for (let day = 365; day >= 0; day--) {
      backups.push(made(day, { status: day % 3 === 0 ? 'failed' : 'complete' }));
      const gone = new Set(going(backups, policy, new Date(now.getTime() - day * DAY_MS)));
      backups = backups.filter(({ id }) => !gone.has(`${id} local`));
    }
    const good = backups.filter(({ ending }) => ending?.state === 'sealed');
    expect(new Set(good.map(({ id }) => id.slice(0, 7))).size).toBe(6);
    expect(good.length).toBeGreaterThanOrEqual(12);
    expect(good.length).toBeLessThanOrEqual(16);
    expect(good.at(-1)?.id).toBe(idAt(1));
    expect(backups.length - good.length).toBeLessThanOrEqual(4);
  });
});

describe('what became of a backup', () => {
  const expired = (destination: e.Destination) => (backupId: string) => [
    e.BackupExpired({ backupId, destination, reasons: ['no rule keeps it'], policy: none }),
  ];
  const verdict = (backup: Backup) => verdictOf(backup, now);
  const both = { destinations: ['local', 's3'] as const };

  it('is expired when retention has given it up wherever it lies, and deleted when it lies nowhere', () => {
    expect(verdict(made(1, both, expired('local')))).toBe('complete');
    expect(verdict(made(1, both, (id) => [...expired('local')(id), ...expired('s3')(id)]))).toBe('expired');
    expect(verdict(made(1, both, (id) => [...expired('s3')(id), ...deletedIn('local')(id)]))).toBe('expired');
    expect(verdict(made(1, both, (id) => [...deletedIn('s3')(id), ...deletedIn('local')(id)]))).toBe(
      'deleted',
    );
    expect(verdict(made(1, { status: 'failed' }))).toBe('failed');
    expect(verdict(made(1, { status: 'failed' }, deletedIn('local')))).toBe('deleted');
  });

  it('is what it was when its deletion was refused, when it is pinned, or fetched back', () => {
    const n = 'local';
    const refused = (backupId: string) =>
      e.DeletionRefused({ backupId, n, destination: 'local', reason: 'it is the newest good one' });
    const downloaded = (backupId: string) => e.Downloaded({ backupId, n, files: 1, bytes: 1, seconds: 1 });
    expect(verdict(made(1, {}, (id) => [...expired('local')(id), refused(id)]))).toBe('complete');
    expect(verdict(made(1, {}, (id) => [...expired('local')(id), ...pinned(id)]))).toBe('complete');
    expect(
      verdict(made(1, {}, (id) => [...expired('local')(id), ...deletedIn('local')(id), downloaded(id)])),
    ).toBe('complete');
  });
});

describe('a deletion', () => {
  const wish = { destination: 'local', force: false } as const;
  const refusal = (backup: Backup, others: Backup[], force = false) =>
    deletionRefusal(backup, [backup, ...others], { ...wish, force });

  it('is refused for the newest good backup, unless forced', () => {
    expect(refusal(made(2), [made(1)])).toBeUndefined();
    for (const other of [
      made(1, { status: 'partial' }),
      made(1, {}, damaged),
      made(1, { source: 'other' }),
      made(3),
    ])
      expect(refusal(made(2), [other])).toMatch(/is the newest good one in local/);
    expect(refusal(made(2), [], true)).toBeUndefined();
    expect(refusal(made(2), [made(1, { destinations: ['s3'] })])).toMatch(/newest good/);
    expect(refusal(made(2, { status: 'partial' }), [])).toBeUndefined();
  });

  it('is refused for a pinned one, unless forced, and always for one that is being made', () => {
    expect(refusal(made(2, {}, pinned), [made(1)])).toMatch(/is pinned, by ada: nocodb-backup unpin/);
    expect(refusal(made(2, {}, pinned), [made(1)], true)).toBeUndefined();
    expect(refusal(made(2, { status: 'running' }), [made(1)], true)).toMatch(/still being made/);
  });
});
