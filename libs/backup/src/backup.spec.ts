import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import fc from 'fast-check';
import { awaitedParts } from './backup.js';
import { type BackupFact, evolve, foldBackup } from './evolve.js';
import { isComplete, manifestOf } from './manifest-of.js';
import { Manifest } from './manifest.js';
import { failuresOf, statusOfPart } from './part-status.js';
import { standingArtifacts } from './standing-artifacts.js';
import { verdictOf } from './verdict.js';

const backupId = '2026-02-05_05-15-00';
const artifact = (path: string) => ({ path, bytes: 1, sha256: '0'.repeat(64) });
const failure = { reason: 'connection refused', attempts: 5 };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const before = new Date('2026-02-05T06:00:00Z');

const requested = (parts: e.Part[] = ['dump', 'files', 'export']) =>
  e.BackupRequested({
    backupId,
    source: 'default',
    parts,
    records: true,
    attachments: true,
    trigger: 'manual',
    requestedBy: 'ada',
    deadline: '2026-02-05T17:15:00Z',
  });
const dumped = (attempt = 'a1') =>
  e.DumpCompleted({
    backupId,
    attempt,
    artifacts: [artifact('database.sql.gz')],
    serverVersion: '15.18',
    clientVersion: '15.18',
    sqlBytes: 9,
    tables: 2,
    rows: 3,
    collation,
    seconds: 1,
    warnings: [],
  });
const dumpFailed = e.DumpFailed({ backupId, failure });
const archived = e.FilesArchived({
  backupId,
  attempt: 'f1',
  artifacts: [artifact('nocodb-data.tar.gz')],
  files: 4,
  tarBytes: 10240,
  seconds: 1,
  warnings: ['./a changed while it was read'],
});
const table = (tableId: string) => ({
  tableId,
  baseId: 'b1',
  title: `T ${tableId}`,
  folder: `bases/B/tables/${tableId}`,
});
const planned = (...tables: string[]) =>
  e.ExportPlanned({
    backupId,
    attempt: 'p1',
    artifacts: [artifact('bases/B/metadata.json')],
    nocodbVersion: '0.301.3',
    bases: [{ baseId: 'b1', title: 'B', folder: 'bases/B' }],
    tables: tables.map(table),
    warnings: [],
  });
const exported = (tableId: string, missing: string[] = []) =>
  e.TableExported({
    backupId,
    tableId,
    attempt: `x-${tableId}`,
    artifacts: [artifact(`bases/B/tables/${tableId}/records.json.gz`)],
    records: 5,
    links: 2,
    attachments: { index: null, files: 1, bytes: 3, missing, missingCount: missing.length },
    seconds: 1,
    warnings: [],
  });
const tableFailed = (tableId: string) => e.TableExportFailed({ backupId, tableId, failure });
const exportCompleted = (planned: number, exported: number, missing = 0) =>
  e.ExportCompleted({
    backupId,
    tables: { planned, exported, failed: planned - exported },
    records: 5,
    links: 2,
    attachments: { files: 1, bytes: 3, missing },
  });
const timedOut = (...awaited: e.Part[]) => e.BackupTimedOut({ backupId, awaited });
const uploaded = (status: 'complete' | 'partial') =>
  e.Uploaded({
    backupId,
    manifest: artifact('manifest.json'),
    status,
    destinations: ['local'],
    files: 4,
    bytes: 9,
  });
const uploadFailed = e.UploadFailed({ backupId, failure });

/** Gives the facts their places in the log. */
const log = (...facts: e.BackupEvent[]): BackupFact[] =>
  facts.map((fact, index) => ({
    ...fact,
    sequence: index + 1,
    time: new Date(Date.UTC(2026, 1, 5, 5, 15, index)),
  }));
const given = (...facts: e.BackupEvent[]) => {
  const backup = foldBackup(log(...facts));
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};

const whole = [
  requested(),
  dumped(),
  archived,
  planned('t1', 't2'),
  exported('t1'),
  exported('t2'),
  exportCompleted(2, 2),
];

describe('a backup', () => {
  it('does not exist before it is requested', () => {
    expect(foldBackup(log(dumped()))).toBeUndefined();
  });

  it('awaits the wanted parts, and no others', () => {
    expect(awaitedParts(given(requested(['dump', 'export']), dumped()))).toEqual(['export']);
  });

  it('settles with the fact that ends its last part', () => {
    expect(given(...whole.slice(0, -1)).settled).toBeUndefined();
    expect(given(...whole).settled?.sequence).toBe(7);
  });

  it('settles when its deadline passes', () => {
    const backup = given(requested(), dumped(), timedOut('files', 'export'));
    expect(backup.settled?.sequence).toBe(3);
    expect([statusOfPart(backup, 'dump'), statusOfPart(backup, 'files')]).toEqual(['complete', 'timed-out']);
  });

  it('does not take in what comes after it has settled', () => {
    const settled = given(requested(['dump']), dumpFailed);
    expect(given(requested(['dump']), dumpFailed, dumped())).toEqual({ ...settled, seen: 3 });
  });

  it('keeps the first of two facts that end the same part', () => {
    expect(standingArtifacts(given(requested(), dumped('a1'), dumpFailed, dumped('a2')))).toMatchObject([
      { attempt: 'a1' },
    ]);
  });

  it('keeps the tables that were exported before the deadline', () => {
    const backup = given(requested(['export']), planned('t1', 't2'), exported('t1'), timedOut('export'));
    expect(statusOfPart(backup, 'export')).toBe('partial');
    expect(standingArtifacts(backup).map(({ artifact: { path } }) => path)).toContain(
      'bases/B/tables/t1/records.json.gz',
    );
  });

  const history = fc.shuffledSubarray([
    dumped(),
    dumpFailed,
    archived,
    planned('t1', 't2'),
    exported('t1'),
    tableFailed('t1'),
    exported('t2'),
    exportCompleted(2, 2),
    timedOut('dump'),
    uploaded('partial'),
    uploadFailed,
  ]);

  it('is the same after any redelivery of its facts', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(), { maxLength: 20 }), (rest, again) => {
        const facts = log(requested(), ...rest);
        const redelivered = facts.flatMap((fact, index) => [
          fact,
          ...again.map((n) => facts[n % (index + 1)]).filter((earlier) => earlier !== undefined),
        ]);
        expect(foldBackup(redelivered)).toEqual(foldBackup(facts));
      }),
    );
  });

  it('never gives up an ending that it had', () => {
    fc.assert(
      fc.property(history, (rest) => {
        let backup = foldBackup(log(requested()));
        for (const fact of log(requested(), ...rest)) {
          const { settled, ending } = backup ?? {};
          backup = evolve(backup, fact);
          if (settled) expect(backup?.settled).toEqual(settled);
          if (ending) expect(backup?.ending).toEqual(ending);
        }
      }),
    );
  });
});

describe('the verdict', () => {
  it.each([
    ['running', [requested()], before],
    ['running', whole, before],
    ['overdue', whole, new Date('2026-02-06T00:00:00Z')],
    ['complete', [...whole, uploaded('complete')], before],
    ['partial', [...whole, uploaded('partial')], before],
    ['failed', [...whole, uploadFailed], before],
    ['complete', [...whole, uploaded('complete'), uploadFailed], before],
  ])('is %s', (verdict, facts, now) => {
    expect(verdictOf(given(...facts), now)).toBe(verdict);
  });

  it('says complete of nothing that is not sealed', () => {
    expect(isComplete(given(...whole))).toBe(true);
    expect(verdictOf(given(...whole), before)).toBe('running');
  });

  it('takes an ending only once the parts have settled', () => {
    expect(verdictOf(given(requested(), uploaded('complete')), before)).toBe('running');
  });
});

describe('a manifest', () => {
  it('is never written before the backup has settled', () => {
    expect(() => manifestOf(given(requested()), '1.0.0')).toThrow(/has not settled/);
  });

  it('says complete when every wanted part is whole', () => {
    const manifest = manifestOf(given(...whole), '1.0.0');
    expect(Manifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
    expect(manifest).toMatchObject({
      status: 'complete',
      failures: [],
      warnings: ['./a changed while it was read'],
    });
    expect(manifest.artifacts.map(({ path }) => path)).toHaveLength(5);
  });

  it('says partial, and why, when a part failed', () => {
    const manifest = manifestOf(given(requested(['dump', 'files']), dumpFailed, archived), '1.0.0');
    expect(manifest).toMatchObject({ status: 'partial', failures: ['database dump: connection refused'] });
    expect(manifest.parts.export.status).toBe('not requested');
  });

  it('says partial when one table failed', () => {
    const backup = given(
      requested(['export']),
      planned('t1', 't2'),
      exported('t1'),
      tableFailed('t2'),
      exportCompleted(2, 1),
    );
    expect(manifestOf(backup, '1.0.0')).toMatchObject({
      status: 'partial',
      failures: ['table "T t2" of base "B": connection refused'],
    });
  });

  it('says partial when one attachment is missing', () => {
    const backup = given(
      requested(['export']),
      planned('t1'),
      exported('t1', ['a.png: HTTP 500']),
      exportCompleted(1, 1, 1),
    );
    expect(manifestOf(backup, '1.0.0').status).toBe('partial');
    expect(failuresOf(backup)).toEqual(['table "T t1" of base "B": attachment a.png: HTTP 500']);
  });

  it('is the same whatever is recorded after the backup settled', () => {
    const sealedLater = given(...whole, timedOut('dump'), dumpFailed, uploaded('complete'));
    expect(manifestOf(sealedLater, '1.0.0')).toEqual(manifestOf(given(...whole), '1.0.0'));
  });
});
