import { describe, expect, it } from '@jest/globals';
import { type Backup, type BackupFact, foldBackup } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { nextStep } from './next-step.js';

const backupId = '2026-02-05_05-15-00';
const deadline = '2026-02-05T17:15:00.000Z';
const settledAt = new Date('2026-02-05T05:15:02Z');
const failure = { reason: 'access denied', attempts: 1 };

const requested = e.BackupRequested({
  backupId,
  source: 'default',
  parts: ['files'],
  records: true,
  attachments: true,
  trigger: 'manual',
  requestedBy: 'ada',
  deadline,
});
const archived = e.FilesArchived({
  backupId,
  attempt: 'a1',
  artifacts: [{ path: 'nocodb-data.tar.gz', bytes: 5, sha256: '0'.repeat(64) }],
  files: 1,
  tarBytes: 10_240,
  seconds: 1,
  warnings: [],
});
const archiveFailed = e.FilesArchiveFailed({ backupId, failure });
const uploaded = (key: string) =>
  e.PartUploaded({ backupId, key, destination: 's3', files: 1, bytes: 5, seconds: 1 });
const uploadFailed = (key: string) => e.PartUploadFailed({ backupId, key, destination: 's3', failure });

const given = (...events: e.BackupEvent[]): Backup => {
  const backup = foldBackup(
    events.map((event, index): BackupFact => ({
      ...event,
      sequence: index + 1,
      time: new Date(Date.UTC(2026, 1, 5, 5, 15, index + 1)),
    })),
  );
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};
const stepOf = (backup: Backup, more: Partial<Parameters<typeof nextStep>[1]> = {}) =>
  nextStep(backup, { hasBucket: true, sequence: backup.seen, now: settledAt, ...more });

describe('the next step of sealing', () => {
  it('is none before the backup has settled, and none when it is sealed', () => {
    expect(stepOf(given(requested))).toEqual({ step: 'none' });
    expect(stepOf(given(requested, archived, e.UploadFailed({ backupId, failure })))).toEqual({
      step: 'none',
    });
  });

  it('is to seal, where no bucket is named', () => {
    expect(stepOf(given(requested, archived), { hasBucket: false })).toEqual({ step: 'seal' });
  });

  it('does not wait for a bucket when there is nothing to keep', () => {
    expect(stepOf(given(requested, archiveFailed))).toEqual({ step: 'seal' });
  });

  it('is to wait for the parts until the deadline, in the delivery that settled the backup alone', () => {
    const backup = given(requested, archived);
    expect(stepOf(backup, { sequence: 2 })).toEqual({ step: 'wait', until: new Date(deadline) });
    expect(stepOf(backup, { sequence: 3 })).toEqual({ step: 'none' });
  });

  it('gives a part that came just before the deadline an hour', () => {
    const late = { ...given(requested, archived), settled: { sequence: 2, time: new Date(deadline) } };
    expect(stepOf(late)).toEqual({ step: 'wait', until: new Date('2026-02-05T18:15:00Z') });
  });

  it('gives up what has not come by then', () => {
    expect(stepOf(given(requested, archived), { now: new Date(deadline) })).toEqual({
      step: 'give up',
      keys: ['files'],
    });
  });

  it('is the manifest of the bucket once every part is there, and the one here after that', () => {
    expect(stepOf(given(requested, archived, uploaded('files')))).toEqual({ step: 'seal in the bucket' });
    expect(stepOf(given(requested, archived, uploaded('files'), uploaded('manifest')))).toEqual({
      step: 'seal',
    });
  });

  it('is to seal without the bucket when a part, or the manifest, did not get there', () => {
    expect(stepOf(given(requested, archived, uploadFailed('files')))).toEqual({ step: 'seal' });
    expect(stepOf(given(requested, archived, uploaded('files'), uploadFailed('manifest')))).toEqual({
      step: 'seal',
    });
  });

  it('believes the first word on a part', () => {
    const backup = given(requested, uploadFailed('files'), archived, uploaded('files'));
    expect(stepOf(backup)).toEqual({ step: 'seal' });
  });
});
