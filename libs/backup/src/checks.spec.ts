import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { backupIdOf } from './backup-id.js';
import { evolveVerification } from './checks.js';
import { dueForDrill, dueForVerification, newestComplete } from './due-for-check.js';
import { type BackupFact, foldBackup } from './evolve.js';
import { checkSummary } from './summary.js';

const now = new Date('2026-12-01T00:00:00Z');
const idOf = (day: number) => backupIdOf(new Date(Date.UTC(2026, 10, day, 5, 15)));
const request = (backupId: string, n: string, kind: e.VerificationKind = 'verify') =>
  e.VerificationRequested({ backupId, n, kind, sample: 'full', requestedBy: 'ada', trigger: 'manual' });
const good = (backupId: string, n: string, over: Partial<e.Verified['data']> = {}) =>
  e.Verified({
    ...{ backupId, n, kind: 'verify', sample: 'full', destinations: ['local'] },
    ...{ files: 1, bytes: 1, tables: 1, rows: 1, seconds: 1, warnings: [], ...over },
  });
const bad = (backupId: string, n: string, findings: string[], kind: e.VerificationKind = 'verify') =>
  e.VerificationFailed({
    ...{ backupId, n, kind, findings },
    ...(findings.length > 0 ? {} : { failure: { reason: 'no answer', attempts: 5 } }),
  });
const made = (backupId: string, parts: e.Part[] = ['dump'], status: 'complete' | 'partial' = 'complete') => {
  const common = { backupId, attempt: 'a1', artifacts: [], seconds: 1, warnings: [] };
  const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
  const versions = { serverVersion: '15', clientVersion: '15', collation };
  const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };
  return [
    e.BackupRequested({
      ...{ backupId, source: 'default', parts, records: true, attachments: true, trigger: 'manual' },
      ...{ requestedBy: 'ada', deadline: '2026-12-31T00:00:00Z' },
    }),
    parts.includes('dump')
      ? e.DumpCompleted({ ...common, ...versions, sqlBytes: 1, tables: 1, rows: 1 })
      : e.FilesArchived({ ...common, files: 1, tarBytes: 1 }),
    e.Uploaded({
      ...{ backupId, manifest, status, destinations: ['local'], missingDestinations: [] },
      ...{ files: 1, bytes: 1 },
    }),
  ];
};

let sequence = 0;
const folded = (...facts: e.Event[]) => {
  const placed = facts.map((fact) => ({ ...fact, sequence: ++sequence, time: new Date(sequence * 1000) }));
  const backup = foldBackup(placed as unknown as BackupFact[]);
  if (!backup) throw new Error('there is no backup');
  return backup;
};
const summary = (...facts: e.Event[]) => checkSummary(folded(...made(idOf(1)), ...facts).checks);
const id = idOf(1);

describe('what is known of a backup that was checked', () => {
  it('is when it was verified, and when it was proven', () => {
    expect(summary()).toEqual({ verifiedAt: null, provenAt: null, damage: null });
    const drill = good(id, 'b', { kind: 'drill' });
    expect(summary(good(id, 'a'), drill)).toEqual({
      verifiedAt: expect.any(String),
      provenAt: expect.any(String),
      damage: null,
    });
  });

  it('is not that it is verified, when only a share of the attached files was read', () => {
    expect(summary(good(id, 'a', { sample: 0.1 })).verifiedAt).toBeNull();
  });

  it('is damage, until a check of the same kind that saw as much finds none', () => {
    const damage = bad(id, 'a', ['x is gone']);
    expect(summary(damage).damage).toEqual({ at: expect.any(String), findings: ['x is gone'] });
    expect(summary(damage, good(id, 'b', { kind: 'drill' })).damage).not.toBeNull();
    expect(summary(damage, good(id, 'b', { sample: 0.5 })).damage).not.toBeNull();
    expect(summary(damage, bad(id, 'b', [])).damage).not.toBeNull();
    expect(summary(damage, good(id, 'b')).damage).toBeNull();
    expect(summary(bad(id, 'a', ['rows'], 'drill'), good(id, 'b')).damage?.findings).toEqual(['rows']);
  });

  it('is nothing new, when it could not be looked at', () => {
    expect(summary(bad(id, 'a', []))).toEqual({ verifiedAt: null, provenAt: null, damage: null });
  });

  it('does not hang on what else happens to it', () => {
    const [requested, dumped, sealed] = made(id) as [e.Event, e.Event, e.Event];
    const backup = folded(requested, good(id, 'a'), dumped, sealed);
    expect(backup.ending?.state).toBe('sealed');
    expect(backup.checks.verified?.data.n).toBe('a');
  });
});

describe('one verification', () => {
  it('is folded from its own facts, and the first of two endings stands', () => {
    const place = { sequence: 1, time: now };
    const facts = [
      request(id, 'other'),
      request(id, 'a'),
      good(id, 'other'),
      good(id, 'a'),
      bad(id, 'a', ['x']),
    ];
    const evolve = evolveVerification('a');
    const states = facts.map((_, count) =>
      facts
        .slice(0, count + 1)
        .reduce(
          (state, fact) => evolve(state, { ...fact, ...place }),
          evolve(undefined, { ...place, type: 'x', data: {} }),
        ),
    );
    expect(states.map((state) => state?.ending?.type)).toEqual([
      ...[undefined, undefined, undefined],
      ...['Verified', 'Verified'],
    ]);
    expect(states[0]).toBeUndefined();
    expect(states[1]?.request.n).toBe('a');
  });
});

describe('the backup whose turn it is', () => {
  it('is, to be verified, the newest that nobody looked at, else the one that waited longest', () => {
    const [a, b, c] = [1, 2, 3].map((day) => idOf(day)) as [string, string, string];
    const fresh = [a, b, c].map((one) => folded(...made(one)));
    expect(dueForVerification(fresh, now)?.id).toBe(c);
    const newest = folded(...made(c), good(c, 'x'));
    expect(dueForVerification([...fresh.slice(0, 2), newest], now)?.id).toBe(b);
    const middle = folded(...made(b), bad(b, 'x', ['gone']));
    const oldest = folded(...made(a), bad(a, 'x', []));
    expect(dueForVerification([oldest, middle, newest], now)?.id).toBe(c);
  });

  it('is, for a drill, the newest complete one that has a dump', () => {
    const backups = [
      folded(...made(idOf(1))),
      folded(...made(idOf(2))),
      folded(...made(idOf(3), ['files'])),
      folded(...made(idOf(4), ['dump'], 'partial')),
    ];
    expect(dueForDrill(backups, now)?.id).toBe(idOf(2));
    expect(newestComplete(backups, now)?.id).toBe(idOf(3));
    expect(dueForDrill([], now)).toBeUndefined();
    expect(dueForVerification([], now)).toBeUndefined();
  });
});
