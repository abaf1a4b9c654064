import { describe, expect, it } from '@jest/globals';
import { type BackupFact, evolve, evolveRestore, foldBackup, type RestoreFact } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { madeUpFacts } from '@nocodb-backup/testing';
import fc from 'fast-check';
import { detailsOfBackup } from './details.js';
import { loggedBackup } from './known-backup.js';
import { outcomeOf } from './restore/outcome.js';

const backupId = '2026-02-05_05-15-00';
const restoreId = '2026-02-06_05-15-00';
const now = new Date('2026-03-01T00:00:00Z');
const failure = { reason: 'x', attempts: 1 };
const wish = { n: 'v1', kind: 'verify' as const, sample: 'full' as const };
const done = { restoreId, target: null, leftOut: [], warnings: [], seconds: 1 };
const placed = <Fact>(facts: readonly Fact[]) =>
  facts.map((fact, n) => ({ ...fact, sequence: n + 1, time: new Date(Date.UTC(2026, 1, 5, 5, n)) }));

const facts = placed<e.BackupEvent>([
  ...madeUpFacts(backupId, { destinations: ['local', 's3'] }),
  e.VerificationRequested({ backupId, ...wish, requestedBy: 'ada', trigger: 'manual' }),
  e.VerificationFailed({ backupId, n: 'v1', kind: 'verify', findings: ['cut short'] }),
  e.BackupPinned({ backupId, n: 'p1', by: 'ada' }),
  e.BackupUnpinned({ backupId, n: 'p2', by: 'ada' }),
  e.DeletionRequested({ backupId, n: 'd1', destination: 'local', requestedBy: 'ada', force: false }),
  e.BackupDeleted({ backupId, n: 'd1', destination: 'local', files: 1, bytes: 1, warnings: [] }),
  e.Downloaded({ backupId, n: 'w1', files: 1, bytes: 1, seconds: 1 }),
]) as unknown as BackupFact[];
const restoreFacts = placed<e.RestoreEvent>([
  e.RestoreRequested({
    ...{ restoreId, backupId, source: 'default', kind: 'records', scope: {}, options: {} },
    ...{ planOnly: false, requestedBy: 'ada' },
  }),
  e.RestorePlanned({ restoreId, steps: [], warnings: [] }),
  e.RestoreStepCompleted({ ...done, key: 'a', counts: { records: 1 } }),
  e.RestoreStepCompleted({ ...done, key: 'b', counts: { records: 2 } }),
  e.RestoreFailed({ restoreId, failure }),
]) as unknown as RestoreFact[];

/** The facts in their order, with any of those that came before coming again in between. */
const withRepetitions = <Fact>(all: readonly Fact[]) =>
  fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: all.length, maxLength: all.length })
    .map((again) =>
      all.flatMap((fact, index) => [
        fact,
        ...(again[index] ?? []).map((pick) => all[pick % (index + 1)] ?? fact),
      ]),
    );

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? [...inner] : inner));

describe('the view of a log', () => {
  it('of backups is the same, byte for byte, however often facts are delivered', () => {
    const view = (delivered: readonly BackupFact[]) => {
      let backup: ReturnType<typeof evolve>;
      for (const fact of delivered) backup = evolve(backup, fact);
      return backup && text([backup, detailsOfBackup(loggedBackup(backup, undefined, now), backup)]);
    };
    expect(foldBackup(facts)?.keeping.moves.size).toBe(1);
    fc.assert(fc.property(withRepetitions(facts), (delivered) => view(delivered) === view(facts)));
  });

  it('of restores is the same, byte for byte, however often facts are delivered', () => {
    const view = (delivered: readonly RestoreFact[]) => {
      let restore: ReturnType<typeof evolveRestore>;
      for (const fact of delivered) restore = evolveRestore(restore, fact);
      return restore && text([restore, outcomeOf(restore)]);
    };
    fc.assert(
      fc.property(withRepetitions(restoreFacts), (delivered) => view(delivered) === view(restoreFacts)),
    );
  });
});
