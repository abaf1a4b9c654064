import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type BackupFact, foldBackup } from './evolve.js';
import { manifestOf } from './manifest-of.js';
import { summaryOf } from './summary.js';
import { awaitedUploads, isInBucket, uploadedTotals, uploadFailure, uploadParts } from './upload-parts.js';

const backupId = '2026-02-05_05-15-00';
const manifest = { path: 'manifest.json', bytes: 10, sha256: '0'.repeat(64) };
const now = new Date('2026-02-05T06:00:00Z');

const requested = e.BackupRequested({
  backupId,
  source: 'default',
  parts: ['files'],
  records: true,
  attachments: true,
  trigger: 'manual',
  requestedBy: 'ada',
  deadline: '2026-02-05T17:15:00Z',
});
const archived = (attempt = 'a1') =>
  e.FilesArchived({
    backupId,
    attempt,
    artifacts: [{ path: 'nocodb-data.tar.gz', bytes: 5, sha256: '0'.repeat(64) }],
    files: 1,
    tarBytes: 10_240,
    seconds: 1,
    warnings: [],
  });
const uploaded = (key: string) =>
  e.PartUploaded({ backupId, key, destination: 's3', files: 1, bytes: 5, seconds: 1 });
const uploadFailed = (key: string, reason = 'access denied') =>
  e.PartUploadFailed({ backupId, key, destination: 's3', failure: { reason, attempts: 5 } });
const sealed = (destinations: string[], missing: string[] = []) =>
  e.Uploaded({
    backupId,
    manifest,
    status: 'complete',
    destinations,
    missingDestinations: missing.map((destination) => ({ destination, reason: 'access denied' })),
    files: 2,
    bytes: 15,
  });
const notSealed = e.UploadFailed({ backupId, failure: { reason: 'the disk is full', attempts: 5 } });

const given = (...events: e.BackupEvent[]) => {
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

describe('the uploads of a backup', () => {
  it('are awaited for each part that stands, and for no late one', () => {
    expect(awaitedUploads(given(requested))).toEqual([]);
    expect(awaitedUploads(given(requested, archived()))).toEqual(['files']);
    expect(awaitedUploads(given(requested, archived(), uploaded('files')))).toEqual([]);
    const timedOut = e.BackupTimedOut({ backupId, awaited: ['files'] });
    expect(uploadParts(given(requested, timedOut, archived()))).toEqual([]);
  });

  it('belong to the attempt whose fact stands', () => {
    expect(uploadParts(given(requested, archived('a1'), archived('a2')))).toMatchObject([
      { key: 'files', attempt: 'a1' },
    ]);
  });

  it('are in the bucket when the manifest is, and are counted', () => {
    const parts = given(requested, archived(), uploaded('files'));
    expect(isInBucket(parts)).toBe(false);
    const whole = given(requested, archived(), uploaded('files'), uploaded('manifest'));
    expect(isInBucket(whole)).toBe(true);
    expect(uploadedTotals(whole)).toEqual({ files: 2, bytes: 10 });
  });

  it('change nothing any more once the backup has ended', () => {
    const backup = given(requested, archived(), sealed(['local']), uploadFailed('files'));
    expect(uploadFailure(backup)).toBeUndefined();
    expect(summaryOf(backup, now).failures).toEqual([]);
  });

  it('make the backup partial when one of them failed, in the manifest, too', () => {
    const backup = given(requested, archived(), uploadFailed('files'), uploadFailed('manifest', 'no answer'));
    expect(manifestOf(backup, '1.0.0')).toMatchObject({
      status: 'partial',
      failures: ['not in s3: access denied (and 1 more such failure)'],
    });
  });

  it('do not touch the manifest when they went well: it is the same here and there', () => {
    const before = manifestOf(given(requested, archived(), uploaded('files')), '1.0.0');
    const after = manifestOf(given(requested, archived(), uploaded('files'), uploaded('manifest')), '1.0.0');
    expect(after).toEqual(before);
    expect(after.status).toBe('complete');
  });
});

describe('the verdict on a backup with two destinations', () => {
  const verdict = (...events: e.BackupEvent[]) => {
    const { verdict: said, destinations } = summaryOf(given(requested, archived(), ...events), now);
    return [said, ...destinations];
  };

  it('is complete where it lies in all of them', () => {
    expect(verdict(sealed(['local', 's3']))).toEqual(['complete', 'local', 's3']);
    expect(verdict(sealed(['s3']))).toEqual(['complete', 's3']);
  });

  it('is partial where it is missing from one, whatever else is said', () => {
    expect(verdict(sealed(['local'], ['s3']))).toEqual(['partial', 'local']);
  });

  it('is partial, not failed, where the bucket has it and the directory could not take it', () => {
    expect(verdict(uploaded('files'), uploaded('manifest'), notSealed)).toEqual(['partial', 's3']);
    expect(verdict(uploaded('files'), notSealed)).toEqual(['failed']);
  });
});
