import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type BackupFact, evolve, foldBackup } from './evolve.js';
import { lightened } from './lightened.js';
import { contentSummaryOf, isGood, summaryAt, summaryOf } from './summary.js';

const backupId = '2026-02-05_05-15-00';
const now = new Date('2026-03-01T00:00:00Z');
const failure = { reason: 'refused', attempts: 5 };
const artifact = { path: 'bases/a/b', bytes: 10, sha256: '0'.repeat(64) };

const facts = (): BackupFact[] =>
  [
    e.BackupRequested({
      backupId,
      source: 'default',
      parts: ['export'],
      records: true,
      attachments: true,
      trigger: 'manual',
      requestedBy: 'ada',
      deadline: '2026-02-05T17:15:00Z',
    }),
    e.ExportPlanned({
      backupId,
      attempt: 'a',
      artifacts: [artifact],
      nocodbVersion: null,
      bases: [{ baseId: 'p', title: 'CRM', folder: 'bases/crm' }],
      tables: [{ tableId: 't', baseId: 'p', title: 'Orders', folder: 'bases/crm/tables/orders' }],
      warnings: ['look'],
    }),
    e.TableExportFailed({ backupId, tableId: 't', failure }),
    e.ExportCompleted({
      backupId,
      tables: { planned: 1, exported: 0, failed: 1 },
      records: 0,
      links: 0,
      attachments: { files: 0, bytes: 0, missing: 0 },
    }),
    e.PartUploaded({ backupId, key: 'manifest', destination: 's3', files: 1, bytes: 1, seconds: 1 }),
    e.UploadFailed({ backupId, failure }),
    e.BackupPinned({ backupId, n: 'p', by: 'ada' }),
    e.BackupDeleted({ backupId, n: 'd', destination: 's3', files: 1, bytes: 1, warnings: [] }),
  ].map((event, index) => ({ ...event, sequence: index + 1, time: new Date(index * 1000) }));

describe('a backup that has ended and is kept without its tables', () => {
  it('is judged as with them, whatever is done to it later', () => {
    const all = facts();
    for (let ended = 6; ended <= all.length; ended++) {
      const whole = foldBackup(all.slice(0, ended));
      if (!whole) throw new Error('there is no backup');
      const content = contentSummaryOf(whole);
      const light = all.slice(ended).reduce<typeof whole | undefined>(evolve, lightened(whole));
      if (!light) throw new Error('there is no backup');
      expect(summaryOf(light, now, content)).toEqual(summaryOf(foldBackup(all) ?? light, now));
    }
  });
});

describe('a summary of earlier', () => {
  const at = (count: number) => {
    const backup = foldBackup(facts().slice(0, count));
    if (!backup) throw new Error('there is no backup');
    return summaryOf(backup, new Date(0));
  };

  it('tells of a running backup when its deadline has passed, and of no other', () => {
    expect(at(1).verdict).toBe('running');
    expect(summaryAt(at(1), now).verdict).toBe('overdue');
    expect(summaryAt(summaryAt(at(1), now), new Date(0)).verdict).toBe('running');
    expect(summaryAt(at(8), now)).toEqual(at(8));
  });

  it('is of a good backup only where all that was wanted is whole, undamaged and somewhere', () => {
    const good = { ...at(6), parts: { dump: { status: 'complete', bytes: 1 } } } as const;
    expect(isGood(at(6))).toBe(false);
    expect(isGood(good)).toBe(true);
    expect(isGood({ ...good, destinations: [] })).toBe(false);
    expect(isGood({ ...good, damage: { at: '', findings: [] } })).toBe(false);
  });
});
