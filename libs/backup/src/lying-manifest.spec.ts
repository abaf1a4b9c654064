import { describe, expect, it } from '@jest/globals';
import type { BackupEvent } from '@nocodb-backup/events';
import { madeUpFacts } from '@nocodb-backup/testing';
import { foldBackup } from './evolve.js';
import { isManifestOf, strangerRefusal, takenPlace } from './lying-manifest.js';

const backupId = '2026-02-05_05-15-00';
const requested = new Date('2026-02-05T05:15:00.123Z');
const at = (events: readonly BackupEvent[]) =>
  foldBackup(events.map((event, index) => ({ ...event, sequence: index + 1, time: requested })));
const folded = (...args: Parameters<typeof madeUpFacts>) => {
  const backup = at(madeUpFacts(...args));
  if (!backup) throw new Error('no backup');
  return backup;
};
const complete = folded(backupId);
const failed = folded(backupId, { status: 'failed' });
const recorded = {
  sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  requestedAt: undefined,
};
const own = { sha256: 'other', requestedAt: requested };
const strange = { sha256: 'other', requestedAt: new Date('2026-02-05T05:15:00.124Z') };
const unreadable = { sha256: 'other', requestedAt: undefined };
const wish = (force: boolean) => ({ backupId, destination: 'local' as const, force });

describe('whose manifest it is', () => {
  it('is told by the digest that the log recorded, or by the millisecond of the request', () => {
    expect(isManifestOf(complete, recorded)).toBe(true);
    expect(isManifestOf(complete, own)).toBe(true);
    expect(isManifestOf(failed, own)).toBe(true);
    for (const lying of [strange, unreadable]) expect(isManifestOf(complete, lying)).toBe(false);
    for (const lying of [recorded, strange, unreadable]) expect(isManifestOf(failed, lying)).toBe(false);
  });
});

describe('a place', () => {
  it('is taken by the manifest of another backup alone', () => {
    expect(takenPlace(failed, undefined, 's3')).toBeUndefined();
    expect(takenPlace(failed, own, 's3')).toBeUndefined();
    expect(takenPlace(failed, strange, 's3')).toMatch(
      /in s3 lies.*nocodb-backup import.*nocodb-backup backup/,
    );
    expect(takenPlace(failed, unreadable, 's3')).toMatch(/that the log does not know/);
  });
});

describe('what lies in the place of a backup', () => {
  it('may be deleted when it is that backup, or no backup at all', () => {
    for (const lying of [undefined, recorded, own])
      expect(strangerRefusal(complete, lying, wish(false))).toBeUndefined();
    expect(strangerRefusal(failed, undefined, wish(false))).toBeUndefined();
    expect(strangerRefusal(undefined, undefined, wish(false))).toBeUndefined();
  });

  it('stays when the log knows of no backup there, also by force', () => {
    for (const backup of [failed, undefined])
      for (const lying of [strange, unreadable])
        for (const force of [false, true])
          expect(strangerRefusal(backup, lying, wish(force))).toMatch(/Run nocodb-backup import/);
    expect(strangerRefusal(complete, strange, { ...wish(true), destination: 's3' })).toMatch(/in s3 lies/);
  });

  it('stays when it is another backup than the one that the log knows there; a damaged manifest yields to force', () => {
    for (const force of [false, true])
      expect(strangerRefusal(complete, strange, wish(force))).toMatch(
        /another backup was put into its place/,
      );
    expect(strangerRefusal(complete, unreadable, wish(false))).toMatch(/cannot be read.*--force/);
    expect(strangerRefusal(complete, unreadable, wish(true))).toBeUndefined();
  });
});
