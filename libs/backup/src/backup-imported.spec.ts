import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { backupImported } from './backup-imported.js';
import type { Backup } from './backup.js';
import { type BackupFact, foldBackup } from './evolve.js';
import { manifestOf } from './manifest-of.js';
import { isGoodIn } from './retention-plan.js';
import { type BackupSummary, summaryOf } from './summary.js';

const backupId = '2026-02-05_05-15-00';
const now = new Date('2026-02-06T00:00:00Z');
const artifact = (path: string, bytes: number) => ({ path, bytes, sha256: '0'.repeat(64) });
const failure = { reason: 'no such host', attempts: 5 };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const folder = 'bases/CRM/tables/Orders';
const stored = artifact('manifest.json', 500);

const requested = e.BackupRequested({
  ...{ backupId, source: 'default', parts: ['dump', 'files', 'export'], records: true, attachments: true },
  ...{ trigger: 'schedule', requestedBy: 'schedule', deadline: '2026-02-05T17:15:00Z' },
});
const dumped = e.DumpCompleted({
  ...{ backupId, attempt: 'a', artifacts: [artifact('database.sql.gz', 1000)], collation },
  ...{ serverVersion: '15.18', clientVersion: '15.18', sqlBytes: 9000, tables: 12, rows: 345 },
  ...{ seconds: 1, warnings: [] },
});
const archived = e.FilesArchived({
  ...{ backupId, attempt: 'f', artifacts: [artifact('nocodb-data.tar.gz', 2000)], files: 3, tarBytes: 9000 },
  ...{ seconds: 1, warnings: ['./x changed while it was read'] },
});
const planned = e.ExportPlanned({
  ...{
    backupId,
    attempt: 'p',
    artifacts: [artifact('bases/CRM/metadata.json', 10)],
    nocodbVersion: '0.301.3',
  },
  bases: [{ baseId: 'b1', title: 'CRM', folder: 'bases/CRM' }],
  tables: [{ tableId: 't1', baseId: 'b1', title: 'Orders', folder }],
  warnings: [],
});
const exported = (missing: string[] = []) =>
  e.TableExported({
    ...{ backupId, tableId: 't1', attempt: 't', records: 7, links: 2, seconds: 1, warnings: [] },
    contentHash: 'c'.repeat(64),
    artifacts: [artifact(`${folder}/records.json.gz`, 70), artifact(`${folder}/attachments.json.gz`, 5)],
    attachments: {
      index: `${folder}/attachments.json.gz`,
      files: 4,
      bytes: 400,
      missing,
      missingCount: missing.length,
    },
  });
const completed = (missing = 0) =>
  e.ExportCompleted({
    ...{ backupId, tables: { planned: 1, exported: 1, failed: 0 }, records: 7, links: 2 },
    attachments: { files: 4, bytes: 400, missing },
  });
const filesFailed = e.FilesArchiveFailed({ backupId, failure });
const notUploaded = e.PartUploadFailed({ backupId, key: 'dump', destination: 's3', failure });

const folded = (facts: readonly e.BackupEvent[], from = 0): Backup => {
  const placed = facts.map((fact, index): BackupFact => {
    return { ...fact, sequence: from + index + 1, time: new Date(Date.UTC(2026, 1, 5, 5, 15, from + index)) };
  });
  const backup = foldBackup(placed);
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};

/** What the log said before it was lost, and what it says after the import. */
const bothOf = (facts: readonly e.BackupEvent[]) => {
  const manifest = manifestOf(folded(facts), '1.0.0');
  const destinations = ['local'] as const;
  const bytes = 1000 + 10 + 75 + 400 + (facts.includes(archived) ? 2000 : 0) + 500;
  const sealing = { manifest: stored, destinations: [...destinations], files: 1, bytes };
  const uploaded = e.Uploaded({ backupId, ...sealing, status: manifest.status });
  const imported = backupImported({ manifest, format: '2.0', artifact: stored }, { n: 'i1', destinations });
  return { before: folded([...facts, uploaded]), after: folded([imported], 100), imported };
};

/** A deadline means nothing any more; the import knows the end to the last part, not to the manifest. */
const comparable = (summary: BackupSummary) => ({ ...summary, deadline: null, endedAt: null });

describe('a backup that was imported', () => {
  it.each<[string, e.BackupEvent[]]>([
    ['complete', [requested, dumped, archived, planned, exported(), completed()]],
    ['without its files', [requested, dumped, filesFailed, planned, exported(), completed()]],
    [
      'with an attachment missing',
      [requested, dumped, archived, planned, exported(['b.png: 404']), completed(1)],
    ],
    ['not in the bucket', [requested, dumped, notUploaded, archived, planned, exported(), completed()]],
  ])('is judged as before the log was lost: %s', (_, facts) => {
    const { before, after } = bothOf(facts);
    expect(comparable(summaryOf(after, now))).toEqual(comparable(summaryOf(before, now)));
    expect(isGoodIn(after, 'local')).toBe(isGoodIn(before, 'local'));
    expect(after.request).toMatchObject({ records: true, attachments: true });
  });

  it('keeps tables, rows and hashes of contents', () => {
    const { imported } = bothOf([requested, dumped, archived, planned, exported(), completed()]);
    expect(imported.data.dump).toMatchObject({ tables: 12, rows: 345, sqlBytes: 9000 });
    expect(imported.data.export.tables).toMatchObject([
      {
        ...{ title: 'Orders', records: 7, links: 2, contentHash: 'c'.repeat(64) },
        attachments: { files: 4, bytes: 400, missing: 0 },
      },
    ]);
  });

  it('takes the place of a failure that the log told of', () => {
    const failed = e.UploadFailed({ backupId, failure });
    const { imported } = bothOf([requested, dumped, archived, planned, exported(), completed()]);
    const backup = folded([
      requested,
      dumped,
      archived,
      e.ExportFailed({ backupId, failure }),
      failed,
      imported,
    ]);
    expect(summaryOf(backup, now)).toMatchObject({
      verdict: 'complete',
      failures: [],
      destinations: ['local'],
    });
  });

  it('says nothing of one that is being made', () => {
    const { imported } = bothOf([requested, dumped, archived, planned, exported(), completed()]);
    expect(summaryOf(folded([requested, imported]), now)).toMatchObject({
      verdict: 'overdue',
      destinations: [],
    });
  });

  it('counts as gone once it is deleted where it was found', () => {
    const { imported } = bothOf([requested, dumped, archived, planned, exported(), completed()]);
    const gone = { backupId, n: 'd', destination: 'local', files: 1, bytes: 1, warnings: [] } as const;
    const deleted = e.BackupDeleted({ ...gone, warnings: [] });
    expect(summaryOf(folded([imported, deleted]), now).verdict).toBe('deleted');
    const again = e.BackupImported({ ...imported.data, n: 'i2' });
    expect(summaryOf(folded([imported, deleted, again]), now).verdict).toBe('complete');
  });
});
