import { describe, expect, it } from '@jest/globals';
import { Uploaded } from './backup.js';
import { PartUploaded, PartUploadFailed } from './upload.js';

const backupId = '2026-02-05_05-15-00';
const manifest = { path: 'manifest.json', bytes: 10, sha256: '0'.repeat(64) };

describe('what is said of uploads', () => {
  it('is read as it was before there were several destinations: nothing was missing then', () => {
    const old = { backupId, manifest, status: 'complete', destinations: ['local'], files: 3, bytes: 30 };
    expect(Uploaded.version).toBe(2);
    expect(Uploaded.read(old, 1)).toEqual({ ...old, missingDestinations: [] });
  });

  it('is one fact for each part', () => {
    expect(PartUploaded.subjectFor({ backupId, key: 'm1' })).toBe(`evt.backup.${backupId}.PartUploaded.m1`);
    expect(PartUploadFailed.subjectFor({ backupId, key: 'dump' })).toBe(
      `evt.backup.${backupId}.PartUploadFailed.dump`,
    );
  });
});
