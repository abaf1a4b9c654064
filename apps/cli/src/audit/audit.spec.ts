import { describe, expect, it } from '@jest/globals';
import { type BackupFact, foldRestore, type RestoreFact } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { backupStory } from './backup-story.js';
import { restoreStory } from './restoring.js';
import type { Sentence } from './telling.js';

const backupId = '2026-02-05_05-15-00';
const restoreId = '2026-02-07_09-00-00';
const artifact = { path: 'database.sql.gz', bytes: 12_300_000, sha256: '0'.repeat(64) };
const failure = { reason: 'no route to host', attempts: 5 };
const at = (time: string) => new Date(`2026-02-${time}Z`);
const placed = <Fact>(facts: readonly (readonly [string, Fact])[]) =>
  facts.map(([time, fact], index) => ({ ...fact, sequence: index + 1, time: at(time) }));
const texts = (story: readonly Sentence[]) =>
  story.map(({ time, text }) => `${time.toISOString().slice(8, 19)} ${text}`);

const done = { backupId, attempt: 'a', seconds: 60, warnings: [] as string[] };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const table = (tableId: string, records: number) =>
  e.TableExported({
    ...{
      ...done,
      tableId,
      artifacts: [],
      records,
      links: 1,
      seconds: 2,
      warnings: ['a big number was rounded'],
    },
    attachments: { index: null, files: 3, bytes: 9, missing: [], missingCount: 0 },
  });
const planned = (tableId: string) => ({ tableId, baseId: 'p1', title: `T ${tableId}`, folder: tableId });
const figures = {
  count: 1,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 0,
  zone: 'Etc/UTC',
};

const facts = placed<e.BackupEvent>([
  [
    '05T05:15:00',
    e.BackupRequested({
      ...{ backupId, source: 'default', parts: ['dump', 'export'], records: true, attachments: true },
      ...{
        trigger: 'manual',
        requestedBy: 'ada@desk',
        reason: 'before the audit',
        deadline: '2026-02-05T17:15:00Z',
      },
    }),
  ],
  [
    '05T05:16:05',
    e.DumpCompleted({
      ...{ ...done, artifacts: [artifact], serverVersion: '15.18', clientVersion: '15.18', collation },
      ...{ sqlBytes: 1, tables: 45, rows: 10_123 },
    }),
  ],
  [
    '05T05:15:03',
    e.ExportPlanned({
      ...{ backupId, attempt: 'a', artifacts: [], nocodbVersion: '0.301.3', warnings: [] },
      ...{ bases: [{ baseId: 'p1', title: 'CRM', folder: 'b' }], tables: ['t1', 't2', 't3'].map(planned) },
    }),
  ],
  ['05T05:15:06', table('t1', 1200)],
  ['05T05:15:08', table('t2', 34)],
  ['05T05:20:00', e.TableExportFailed({ backupId, tableId: 't3', failure })],
  [
    '05T05:20:01',
    e.ExportCompleted({
      ...{ backupId, tables: { planned: 3, exported: 2, failed: 1 }, records: 1234, links: 2 },
      attachments: { files: 6, bytes: 18, missing: 0 },
    }),
  ],
  [
    '05T05:20:02',
    e.Uploaded({
      ...{
        backupId,
        status: 'partial',
        destinations: ['local'],
        files: 9,
        bytes: 13_000_000,
        manifest: artifact,
      },
      missingDestinations: [{ destination: 's3', reason: 'access denied' }],
    }),
  ],
  [
    '06T03:00:00',
    e.VerificationRequested({
      backupId,
      n: 'v1',
      kind: 'verify',
      sample: 'full',
      requestedBy: 'schedule',
      trigger: 'schedule',
    }),
  ],
  [
    '06T03:00:09',
    e.Verified({
      ...{
        backupId,
        n: 'v1',
        kind: 'verify',
        sample: 'full',
        destinations: ['local'],
        files: 9,
        bytes: 13_000_000,
      },
      ...{ tables: 2, rows: 1234, seconds: 9, warnings: [] },
    }),
  ],
  [
    '06T04:00:00',
    e.VerificationRequested({
      backupId,
      n: 'd1',
      kind: 'drill',
      sample: 'full',
      requestedBy: 'bob@desk',
      trigger: 'manual',
    }),
  ],
  [
    '06T04:00:07',
    e.VerificationFailed({
      backupId,
      n: 'd1',
      kind: 'drill',
      findings: ['table "a" has 3 rows instead of 4'],
    }),
  ],
  ['06T05:00:00', e.BackupPinned({ backupId, n: 'p1', by: 'ada@desk', reason: 'evidence' })],
  ['08T05:00:00', e.BackupUnpinned({ backupId, n: 'p2', by: 'bob@desk' })],
  [
    '09T05:00:00',
    e.BackupExpired({
      backupId,
      destination: 'local',
      reasons: ['newer ones are complete'],
      policy: figures,
    }),
  ],
  [
    '09T05:00:01',
    e.DeletionRefused({ backupId, n: 'local', destination: 'local', reason: 'it is the last good one' }),
  ],
  [
    '10T05:00:00',
    e.DeletionRequested({
      backupId,
      n: 'x1',
      destination: 'local',
      requestedBy: 'eve@desk',
      force: true,
      reason: 'space',
    }),
  ],
  [
    '10T05:00:02',
    e.BackupDeleted({ backupId, n: 'x1', destination: 'local', files: 9, bytes: 13_000_000, warnings: [] }),
  ],
  ['11T05:00:00', e.DownloadRequested({ backupId, n: 'w1', requestedBy: 'ada@desk' })],
]) as unknown as BackupFact[];

const step = {
  key: 't1',
  title: '"T t1" of base "CRM"',
  action: 'insert 1,200 records',
  target: null,
  existing: 0,
};
const left = { what: 'records', reason: 'they are there', count: 2, examples: ['1', '2'] };
const restoreFacts = placed<e.RestoreEvent>([
  [
    '07T09:00:00',
    e.RestoreRequested({
      ...{ restoreId, backupId, source: 'default', kind: 'records', scope: { base: 'CRM', table: 'T t1' } },
      ...{ options: { missing: true }, planOnly: false, requestedBy: 'ada@desk' },
    }),
  ],
  ['07T09:00:01', e.RestorePlanned({ restoreId, steps: [step], warnings: ['NocoDB is newer'] })],
  [
    '07T09:00:11',
    e.RestoreStepCompleted({
      restoreId,
      key: 't1',
      target: 't1',
      counts: { records: 1198 },
      leftOut: [left],
      warnings: [],
      seconds: 10,
    }),
  ],
  [
    '07T09:00:12',
    e.RestoreCompleted({ restoreId, counts: { records: 1198 }, leftOutCount: 2, warnings: [], next: [] }),
  ],
]) as unknown as RestoreFact[];

describe('the story of a backup', () => {
  it('says who, when, how long, where and why, in the order of time', () => {
    const restore = foldRestore(restoreFacts);
    expect(texts(backupStory(facts, restore ? [restore] : [], at('12T00:00:00')))).toEqual([
      '05T05:15:00 ada@desk asked for this backup of "default", "before the audit": database dump and export of all tables, by 2026-02-05 17:15:00.',
      '05T05:15:03 The export found 3 tables in 1 base of NocoDB 0.301.3.',
      '05T05:15:06 Warning: a big number was rounded.',
      '05T05:15:08 2 tables were exported from 05:15:04 to 05:15:08 (4 s): 1,234 records, 2 links and 6 attached files.',
      '05T05:15:08 Warning: a big number was rounded.',
      '05T05:16:05 The database was dumped from 05:15:05 to 05:16:05 (1 min): 45 tables with 10,123 rows of PostgreSQL 15.18, 12.3 MB stored.',
      '05T05:20:00 Table "T t3" of base "CRM" was not exported: no route to host (5 attempts).',
      '05T05:20:02 Its manifest was written, and it was partial: 9 files, 13.0 MB, in local. It is not in s3: access denied.',
      '06T03:00:09 A verification for the schedule found every byte as it was stored in local: 9 files, 13.0 MB, in 9 s.',
      '06T04:00:07 A drill for bob@desk found DAMAGE: table "a" has 3 rows instead of 4.',
      '06T05:00:00 ada@desk pinned it, "evidence": retention leaves it alone.',
      '07T09:00:00 ada@desk asked to put back records of table "T t1" of base "CRM" with missing (restore 2026-02-07_09-00-00): done in part after 12 s: 1,198 records; 2 things were left out.',
      '08T05:00:00 bob@desk unpinned it.',
      '09T05:00:00 Retention gave it up in local: newer ones are complete.',
      '09T05:00:01 It was not deleted in local, as retention wanted: it is the last good one.',
      '10T05:00:02 It was deleted in local, as eve@desk wanted by force, "space": 9 files, 13.0 MB.',
      '11T05:00:00 ada@desk asked for it to be fetched from the bucket; it has not come yet.',
      '12T00:00:00 Now it is deleted, lies nowhere and is DAMAGED.',
    ]);
  });

  it('tells also what it has no sentence for', () => {
    const strange = { type: 'BackupBlessed', data: { by: 'eve' }, sequence: 20, time: at('11T06:00:00') };
    const story = backupStory([...facts, strange as unknown as BackupFact], [], at('12T00:00:00'));
    expect(texts(story)).toContain('11T06:00:00 {"by":"eve"}.');
  });
});

describe('the story of a restore', () => {
  it('says what was planned, done and left out', () => {
    expect(texts(restoreStory(restoreFacts))).toEqual([
      '07T09:00:00 ada@desk asked to put back records of table "T t1" of base "CRM" with missing of backup 2026-02-05_05-15-00.',
      '07T09:00:01 It was planned: "T t1" of base "CRM": insert 1,200 records.',
      '07T09:00:01 Warning: NocoDB is newer.',
      '07T09:00:11 "T t1" of base "CRM" was done from 09:00:01 to 09:00:11 (10 s): 1,198 records. Left out: 2 records: they are there.',
      '07T09:00:12 It ended: done in part after 12 s: 1,198 records; 2 things were left out.',
    ]);
  });
});
