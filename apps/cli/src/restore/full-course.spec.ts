import { describe, expect, it } from '@jest/globals';
import { fullCourse } from './full-course.js';
import { fullOutcome } from './full-outcome.js';
import type { RestoreOutcome } from './outcome.js';

const id = '2026-02-05_05-15-00';
const complete = { dump: 'complete', files: 'complete', export: 'complete' };
const kinds = (parts: Parameters<typeof fullCourse>[1]) =>
  fullCourse(id, parts, false).wishes.map(({ kind }) => kind);

describe('a full restore', () => {
  it('puts the database back before the files', () => {
    expect(kinds(complete)).toEqual(['dump', 'files']);
  });

  it('tries both where this machine knows nothing of the backup', () => {
    expect(kinds(undefined)).toEqual(['dump', 'files']);
  });

  it('leaves out what the backup does not hold whole, and says what to do instead', () => {
    const course = fullCourse(id, { ...complete, files: 'not requested' }, true);
    expect(course).toMatchObject({
      wishes: [{ kind: 'dump', options: { force: true } }],
      lacking: [expect.stringContaining('data files')],
      next: [expect.stringContaining(`restore-attachments ${id}`)],
    });
  });

  it('is refused where there is neither, with the way over the export', () => {
    const none = { dump: 'failed', files: 'timed-out', export: 'partial' };
    expect(() => fullCourse(id, none, true)).toThrow(/neither.*\n.*restore-schema/);
  });
});

describe('what comes after a full restore', () => {
  const outcome = (kind: 'dump' | 'files', next: string[]): RestoreOutcome => {
    const times = { requestedAt: '2026-02-06T08:00:00Z', endedAt: '2026-02-06T08:01:00Z' };
    const nothing = { counts: {}, leftOut: [], warnings: [], failure: null };
    return { id, backupId: id, kind, verdict: 'completed', ...times, ...nothing, next };
  };

  it('is what the restores say, without what has been done by now', () => {
    const dump = outcome('dump', [`Put the files back: nocodb-backup restore-files ${id}`, 'Start NocoDB']);
    const files = outcome('files', ['Start NocoDB', 'Look at it']);
    const { next, verdict } = fullOutcome(fullCourse(id, complete, true), [dump, files]);
    expect({ next, verdict }).toEqual({ next: ['Start NocoDB', 'Look at it'], verdict: 'completed' });
  });
});
