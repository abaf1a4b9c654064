import { describe, expect, it } from '@jest/globals';
import type { KnownBackup } from '../known-backup.js';
import { lastGood } from './check-last-backup.js';

const now = new Date('2026-02-05T12:00:00Z');
const backup = (verdict: string, hoursAgo: number, missingFrom: string[] = []) =>
  ({
    id: `${hoursAgo} h`,
    verdict,
    missingFrom,
    requestedAt: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
  }) as unknown as KnownBackup;

describe('the age of the last good backup', () => {
  it('is fine within 26 hours, even if a later one failed', () => {
    expect(lastGood([backup('failed', 1), backup('complete', 26)], now)).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['is too old', [backup('complete', 27)]],
    ['is only partial', [backup('partial', 1)]],
    ['is gone from the vault', [backup('complete', 1, ['local'])]],
    ['does not exist', []],
  ])('is a warning when it %s', (_, backups) => {
    const { status, advice } = lastGood(backups, now);
    expect(status).toBe('warn');
    expect(advice).toContain('nocodb-backup');
  });
});
