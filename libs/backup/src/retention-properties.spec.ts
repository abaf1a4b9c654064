import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type MadeUpBackup, madeUpFacts } from '@nocodb-backup/testing';
import fc from 'fast-check';
import type { Backup } from './backup.js';
import { backupIdOf } from './backup-id.js';
import { type BackupFact, foldBackup } from './evolve.js';
import { retentionPlan } from './retention-plan.js';
import type { RetentionPolicy } from './retention.js';

const now = new Date('2026-11-22T12:00:00Z');
const DAY_MS = 86_400_000;
const both: e.Destination[] = ['local', 's3'];

/** What a test knows of a backup without asking the code that it tests. */
interface Known {
  readonly backup: Backup;
  readonly daysAgo: number;
  readonly status: NonNullable<MadeUpBackup['status']>;
  readonly holds: ReadonlySet<string>;
  readonly lies: ReadonlySet<e.Destination>;
  readonly fate: Fate;
}
type Fate = 'nothing' | 'pinned' | 'damaged' | 'verified' | 'deleted in local';

const sinceThen = (backupId: string): Record<Fate, e.BackupEvent[]> => {
  const check = { backupId, n: 'v', kind: 'verify' as const };
  const read = { destinations: ['local'], files: 1, bytes: 1, tables: 1, rows: 1, seconds: 1, warnings: [] };
  const gone = { destination: 'local' as const, files: 1, bytes: 1, warnings: [] };
  return {
    nothing: [],
    pinned: [e.BackupPinned({ backupId, n: 'n1', by: 'ada' })],
    damaged: [e.VerificationFailed({ ...check, findings: ['database.sql.gz has other bytes'] })],
    verified: [e.Verified({ ...check, sample: 'full', ...read })],
    'deleted in local': [e.BackupDeleted({ backupId, n: 'local', ...gone })],
  };
};

type Made = Required<Pick<MadeUpBackup, 'status' | 'destinations' | 'parts'>> & { readonly fate: Fate };

const known = (daysAgo: number, { fate, ...made }: Made): Known => {
  const id = backupIdOf(new Date(now.getTime() - daysAgo * DAY_MS));
  const events = [...madeUpFacts(id, made), ...sinceThen(id)[fate]];
  const facts = events.map((event, at): BackupFact => ({
    ...event,
    sequence: at + 1,
    time: new Date(now.getTime() - daysAgo * DAY_MS + at),
  }));
  const backup = foldBackup(facts);
  if (!backup) throw new Error('these facts make no backup');
  const places = { complete: made.destinations, partial: made.destinations, failed: ['local'], running: [] };
  const lies = places[made.status].filter((place) => fate !== 'deleted in local' || place !== 'local');
  return {
    ...{ backup, daysAgo, status: made.status, fate },
    holds: new Set(made.parts),
    lies: new Set(lies as e.Destination[]),
  };
};

const isGood = (one: Known, destination: e.Destination) =>
  one.status === 'complete' && one.fate !== 'damaged' && one.lies.has(destination);

const status = fc.constantFrom('complete', 'complete', 'partial', 'failed', 'running');
const dump: e.Part[] = ['dump'];
const more: e.Part[] = ['dump', 'files'];
const made: fc.Arbitrary<Made> = fc
  .record({
    status,
    destinations: fc.constantFrom<e.Destination[]>(['local'], ['s3'], both),
    parts: fc.constantFrom(dump, dump, more),
    fate: fc.constantFrom<Fate>('nothing', 'nothing', 'pinned', 'damaged', 'verified', 'deleted in local'),
  })
  // What is partial lacks its files.
  .map((one) => (one.status === 'partial' ? { ...one, parts: more } : one))
  .map((one) => (one.status === 'running' ? { ...one, fate: 'nothing' } : one));
const few = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }));
const zone = fc.constantFrom('UTC', 'Pacific/Auckland');
const figures = ['count', 'days', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const none = { count: 0, days: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const manyRules = fc.record({ count: few, days: few, daily: few, weekly: few, monthly: few, yearly: few });
const oneRule = fc.tuple(fc.constantFrom(...figures), few).map(([rule, most]) => ({ ...none, [rule]: most }));
const policy: fc.Arbitrary<RetentionPolicy> = fc
  .tuple(fc.oneof(manyRules, oneRule), few, zone)
  .map(([rules, incompleteDays, place]) => ({ ...rules, incompleteDays, zone: place }));
/** Newest first; the gaps between them differ. */
const several = fc.array(fc.tuple(made, fc.integer({ min: 1, max: 20 })), { maxLength: 30 }).map((list) => {
  let daysAgo = 0;
  return list.map(([one, gap]) => known((daysAgo += gap), one));
});

const planOf = (all: readonly Known[], wanted: RetentionPolicy, at = now) =>
  retentionPlan(
    all.map(({ backup }) => backup),
    wanted,
    at,
  );
const keyOf = ({ id, destination }: { id: string; destination: string }) => `${id} ${destination}`;
const keysOf = (plan: ReturnType<typeof planOf>, stays: boolean) =>
  plan.filter((one) => one.stays === stays).map(keyOf);
const always = (property: (all: readonly Known[], wanted: RetentionPolicy) => void) => {
  fc.assert(fc.property(several, policy, property), { numRuns: 300 });
};

describe('whatever the rules and whatever there is', () => {
  it('each copy of each backup that has ended either stays or goes, for a reason', () => {
    always((all, wanted) => {
      const plan = planOf(all, wanted);
      const expected = all.flatMap(({ backup: { id }, lies }) =>
        [...lies].map((destination) => keyOf({ id, destination })),
      );
      const judged = [...keysOf(plan, true), ...keysOf(plan, false)];
      expect(judged.toSorted()).toEqual(expected.toSorted());
      expect(plan.every(({ reasons }) => reasons.length > 0)).toBe(true);
    });
  });

  it('the newest good copy in each destination stays', () => {
    always((all, wanted) => {
      const staying = keysOf(planOf(all, wanted), true);
      for (const destination of both) {
        const newest = all.find((one) => isGood(one, destination));
        if (newest) expect(staying).toContain(keyOf({ id: newest.backup.id, destination }));
      }
    });
  });

  it('and stays, too, where a verified one stands for its year', () => {
    const one = { status: 'complete', destinations: both, parts: dump } as const;
    const all = [known(1, { ...one, fate: 'nothing' }), known(5, { ...one, fate: 'verified' })];
    const wanted = { ...none, yearly: 1, incompleteDays: 7, zone: 'UTC' };
    expect(keysOf(planOf(all, wanted), false)).toEqual([]);
  });

  it('for each good copy that goes a newer good one stays in the same place that holds as much', () => {
    always((all, wanted) => {
      const plan = planOf(all, wanted);
      const staying = new Set(keysOf(plan, true));
      for (const { destination, backup, stays } of plan) {
        const own = all.find((one) => one.backup === backup);
        if (stays || !own || !isGood(own, destination)) continue;
        const better = all.filter(
          (one) =>
            one.daysAgo < own.daysAgo &&
            isGood(one, destination) &&
            [...own.holds].every((part) => one.holds.has(part)) &&
            staying.has(keyOf({ id: one.backup.id, destination })),
        );
        expect(better).not.toEqual([]);
      }
    });
  });

  it('what failed, is partial, is damaged or is being made changes nothing for the good ones', () => {
    always((all, wanted) => {
      const goodKeys = new Set(
        all.flatMap((one) =>
          both
            .filter((destination) => isGood(one, destination))
            .map((destination) => keyOf({ id: one.backup.id, destination })),
        ),
      );
      const alone = all.filter((one) => one.status === 'complete' && one.fate !== 'damaged');
      const going = (some: readonly Known[]) =>
        keysOf(planOf(some, wanted), false).filter((key) => goodKeys.has(key));
      expect(going(all)).toEqual(going(alone));
    });
  });

  it('what is pinned or damaged stays', () => {
    always((all, wanted) => {
      const going = new Set(planOf(all, wanted).flatMap(({ id, stays }) => (stays ? [] : [id])));
      const dear = all.filter(({ fate }) => fate === 'pinned' || fate === 'damaged');
      expect(dear.filter(({ backup }) => going.has(backup.id))).toEqual([]);
    });
  });

  it('the verdicts are the same in whatever order the backups come', () => {
    const order: fc.Arbitrary<Iterator<number, number>> = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(several, policy, order, (all, wanted, numbers) => {
        const shuffled = all
          .map((one) => ({ one, at: numbers.next().value }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(planOf(shuffled, wanted)).toEqual(planOf(all, wanted));
      }),
    );
  });

  it('through a year of nights, some of which fail, there is never less than the newest good one', () => {
    const nights = fc.array(status, { minLength: 365, maxLength: 365 });
    fc.assert(
      fc.property(nights, policy, (year, wanted) => {
        let lying: Known[] = [];
        for (const [night, how] of year.entries()) {
          const daysAgo = 365 - night;
          const one = { status: how, destinations: both, parts: how === 'partial' ? more : dump };
          lying = [known(daysAgo, { ...one, fate: 'nothing' }), ...lying];
          const newest = lying.find((other) => isGood(other, 'local'));
          const plan = planOf(lying, wanted, new Date(now.getTime() - (daysAgo - 0.5) * DAY_MS));
          const gone = new Set(plan.flatMap(({ id, stays }) => (stays ? [] : [id])));
          lying = lying.filter(({ backup, status: was }) => !gone.has(backup.id) && was !== 'running');
          if (newest) expect(lying).toContain(newest);
        }
        if (figures.every((rule) => wanted[rule] === 0)) return;
        // Six of each rule at most, the newest, and what failed in the last days or since the last good one.
        expect(lying.filter((one) => isGood(one, 'local')).length).toBeLessThanOrEqual(6 * 6 + 1);
      }),
      { numRuns: 3 },
    );
  });
});
