import { describe, expect, it } from '@jest/globals';
import {
  type Backup,
  backupImported,
  type BackupFact,
  foldBackup,
  type Manifest,
  manifestOf,
} from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import pico from 'picocolors';
import { detailsOfBackup } from '../details.js';
import { historyOf } from '../history.js';
import { knownBackups, loggedBackup, unloggedBackup } from '../known-backup.js';
import { backupDetails } from './backup-details.js';
import { backupEnding } from './backup-ending.js';
import { backupTable } from './backup-table.js';
import { manifestTree } from './manifest-tree.js';
import { progressLines } from './progress-lines.js';

const colors = pico.createColors(false);
const now = new Date('2026-02-05T07:20:00Z');
const backupId = '2026-02-05_05-15-00';
const failure = { reason: 'the token was refused', attempts: 2 };
const artifact = (path: string, bytes: number) => ({ path, bytes, sha256: '0'.repeat(64) });
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const base = { baseId: 'b1', title: 'Meine Base', folder: 'bases/Meine_Base' };
const table = (tableId: string, title: string) => {
  return { tableId, baseId: 'b1', title, folder: `bases/Meine_Base/tables/${title}` };
};

const requested = e.BackupRequested({
  backupId,
  source: 'default',
  parts: ['dump', 'files', 'export'],
  records: true,
  attachments: true,
  trigger: 'manual',
  requestedBy: 'ada@desk',
  reason: 'before the\nupgrade',
  deadline: '2026-02-05T17:15:00Z',
});
const dumped = e.DumpCompleted({
  backupId,
  attempt: 'a1',
  artifacts: [artifact('database.sql.gz', 45_200_000)],
  serverVersion: '15.18',
  clientVersion: '15.18',
  sqlBytes: 120_000_000,
  tables: 12,
  rows: 3456,
  collation,
  seconds: 5,
  warnings: [],
});
const archived = e.FilesArchived({
  backupId,
  attempt: 'f1',
  artifacts: [artifact('nocodb-data.tar.gz', 90_000_000)],
  files: 34,
  tarBytes: 95_000_000,
  seconds: 3,
  warnings: ['./x changed while it was read'],
});
const planned = e.ExportPlanned({
  backupId,
  attempt: 'p1',
  artifacts: [artifact('bases/Meine_Base/metadata.json', 100)],
  nocodbVersion: '0.301.3',
  bases: [base],
  tables: [table('t1', 'Kunden'), table('t2', 'Projekte'), table('t3', 'Neu')],
  warnings: [],
});
const exported = (tableId: string, title: string, missing: string[] = []) =>
  e.TableExported({
    backupId,
    tableId,
    attempt: `x-${tableId}`,
    artifacts: [artifact(`bases/Meine_Base/tables/${title}/records.json.gz`, 1_200_000)],
    records: 1250,
    links: 1,
    attachments: { index: null, files: 34, bytes: 89_500_000, missing, missingCount: missing.length },
    seconds: 1,
    warnings: [],
  });
const tableFailed = e.TableExportFailed({ backupId, tableId: 't3', failure });
const completed = e.ExportCompleted({
  backupId,
  tables: { planned: 3, exported: 2, failed: 1 },
  records: 2500,
  links: 2,
  attachments: { files: 68, bytes: 179_000_000, missing: 1 },
});
const sealed = e.Uploaded({
  backupId,
  manifest: artifact('manifest.json', 2000),
  status: 'partial',
  destinations: ['local'],
  files: 7,
  bytes: 316_000_000,
});

const log = (...facts: e.BackupEvent[]): BackupFact[] =>
  facts.map((fact, index) => {
    return { ...fact, sequence: index + 1, time: new Date(Date.UTC(2026, 1, 5, 5, 15, index)) };
  });
const given = (...facts: e.BackupEvent[]): Backup => {
  const backup = foldBackup(log(...facts));
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};
const all = [
  requested,
  dumped,
  archived,
  planned,
  exported('t1', 'Kunden'),
  exported('t2', 'Projekte', ['b.png: 404']),
  tableFailed,
  completed,
  sealed,
];
const manifest = manifestOf(given(...all), '1.0.0');
const found = (of: Manifest): Backup =>
  given(
    backupImported(
      { manifest: of, format: '2.0', artifact: null },
      { n: '2026-02-06_05-15-00', destinations: ['local'] },
    ),
  );

describe('the table of backups', () => {
  const vault = { sealed: new Set([backupId]), unlogged: [] };

  it('has a row for each, newest first, and no line break from a reason', () => {
    const older = {
      ...manifest,
      id: '2026-02-04_05-15-00',
      status: 'complete' as const,
      requestedAt: '2026-02-04T05:15:00.000Z',
      reason: null,
    };
    const known = knownBackups([given(...all)], { ...vault, unlogged: [found(manifest), found(older)] }, now);
    expect(backupTable(known, now, colors)).toBe(`\
┌───┬─────────────────────┬──────────┬───────┬────┬──────────┬─────────┬───────────────┬────────────────────────────┐
│ # │ Backup ID           │ Verdict  │ Local │ S3 │     Size │ Checked │ When          │ Why                        │
├───┼─────────────────────┼──────────┼───────┼────┼──────────┼─────────┼───────────────┼────────────────────────────┤
│ 1 │ 2026-02-05_05-15-00 │ partial  │   +   │ -  │ 316.0 MB │         │ 2 h 5 min ago │ manual: before the upgrade │
│ 2 │ 2026-02-04_05-15-00 │ complete │   +   │ -  │ 316.6 MB │         │ 1 d 2 h ago   │ manual                     │
└───┴─────────────────────┴──────────┴───────┴────┴──────────┴─────────┴───────────────┴────────────────────────────┘
2 backups; the last complete one is 1 d 2 h ago: 2026-02-04_05-15-00`);
  });

  it('does not say that there is a complete one when there is none', () => {
    const known = knownBackups([given(...all)], undefined, now);
    expect(backupTable(known, now, colors)).toContain('1 backup; none of them is complete');
  });

  it('marks what the vault has lost', () => {
    const known = knownBackups([given(...all)], { sealed: new Set(), unlogged: [] }, now);
    expect(backupTable(known, now, colors)).toMatch(/partial │ {3}! {3}│/);
  });

  it('believes the log where this machine has no vault', () => {
    expect(knownBackups([given(...all)], undefined, now)).toMatchObject([
      { missingFrom: [], destinations: ['local'] },
    ]);
  });
});

describe('the tree of a manifest', () => {
  it('shows files, bases and tables with their figures, and what is missing', () => {
    expect(manifestTree(manifest, colors)).toBe(`2026-02-05_05-15-00  partial
├── database.sql.gz (45.2 MB)
├── nocodb-data.tar.gz (34 files, 90.0 MB)
├── manifest.json
└── bases/
    └── Meine_Base/ "Meine Base"
        ├── metadata.json
        ├── Kunden/ (1,250 records, 1 link, 1.2 MB)
        │   └── attachments/ (34 files, 89.5 MB)
        ├── Projekte/ (1,250 records, 1 link, 1.2 MB)
        │   └── attachments/ (34 files, 89.5 MB) 1 missing
        └── Neu/ (failed: not in this backup)
! table "Projekte" of base "Meine Base": attachment b.png: 404
! table "Neu" of base "Meine Base": the token was refused`);
  });
});

describe('the details of a backup', () => {
  it('are the same from the log and from the manifest', () => {
    const backup = given(...all);
    const { deadline, destinations, endedAt, knownFrom, isFound, bytes, ...fromLog } = detailsOfBackup(
      loggedBackup(backup, undefined, now),
      backup,
    );
    const imported = found(manifest);
    const details = detailsOfBackup(unloggedBackup(imported, now), imported);
    expect(details).toMatchObject(fromLog);
    expect([isFound, details.isFound]).toEqual([false, true]);
    const lines = { now, colors, restores: [], history: [] };
    expect(backupDetails(details, lines)).toMatch(
      /known by {3}its manifest, as it was found there: that it was to/,
    );
    expect({ deadline, destinations, knownFrom, bytes }).toMatchObject({
      destinations: ['local'],
      knownFrom: 'log',
    });
    expect(endedAt).toBe('2026-02-05T05:15:08.000Z');
  });

  it('tell of parts, tables, failures, warnings and history', () => {
    const facts = log(...all);
    const backup = given(...all);
    const text = backupDetails(detailsOfBackup(loggedBackup(backup, undefined, now), backup), {
      now,
      colors,
      restores: [],
      history: historyOf(facts),
    });
    for (const line of [
      /^2026-02-05_05-15-00 {2}partial$/,
      /^ {2}requested {2}2026-02-05 05:15:00 UTC, 2 h 5 min ago, by ada@desk \(manual\)$/,
      /^ {2}made of {4}NocoDB 0\.301\.3, PostgreSQL 15\.18$/,
      /│ dump +│ complete +│ +45\.2 MB │ 12 tables, 3,456 rows, 120\.0 MB of SQL/,
      /│ export +│ partial +│ +181\.4 MB │ 2 of 3 tables, 2,500 records, 2 links, 68 attachments/,
      /│ Meine Base │ Projekte │ partial +│ +1,250 │ +1 │ 34 \(89\.5 MB\), 1 missing │/,
      /^ {2}- table "Neu" of base "Meine Base": the token was refused$/,
      /^ {2}- \.\/x changed while it was read$/,
      /^ {2}2026-02-05 05:15:05 {2}2 tables exported, the first at 05:15:04$/,
    ])
      expect(text.split('\n')).toContainEqual(expect.stringMatching(line));
  });

  it('say of a running backup when it must be done', () => {
    const backup = given(requested, dumped, planned);
    const text = backupDetails(detailsOfBackup(loggedBackup(backup, undefined, now), backup), {
      now,
      colors,
      restores: [],
      history: [],
    });
    expect(text).toContain('deadline   2026-02-05 17:15:00 UTC, in 9 h 55 min');
    expect(text).not.toContain('known by');
    expect(text).toContain('nowhere yet: without a manifest it is no backup');
  });
});

describe('the summary of a backup', () => {
  it('says what is missing, and what to do', () => {
    const text = backupEnding(loggedBackup(given(...all), undefined, now), now, colors);
    expect(text).toContain('2026-02-05_05-15-00  partial  316.0 MB in 8 s');
    expect(text).toContain('Not in this backup:\n  - table "Projekte"');
    expect(text).toContain('nocodb-backup doctor');
  });

  it('says when there are warnings, and where', () => {
    const warned = {
      ...unloggedBackup(found(manifest), now),
      warnings: ['the numbers of "Big" are rounded'],
    };
    expect(backupEnding(warned, now, colors)).toContain(
      '1 warning, which nocodb-backup show 2026-02-05_05-15-00 lists',
    );
  });

  it('gives no advice when all is well', () => {
    const text = backupEnding(
      { ...unloggedBackup(found(manifest), now), verdict: 'complete', failures: [] },
      now,
      colors,
    );
    expect(text).not.toMatch(/doctor|Not in/);
  });
});

describe('the progress of a backup', () => {
  const soon = new Date('2026-02-05T05:15:30Z');

  it('shows each part with what is known of it', () => {
    const figures = new Map([
      ['files', { files: 12, bytes: 3_000_000 }],
      ['t2', { records: 1000, recordsTotal: 4000 }],
      ['stranger', { records: 1 }],
    ]);
    const lines = progressLines(
      { backup: given(requested, dumped, planned, exported('t1', 'Kunden')), figures },
      soon,
      colors,
    );
    expect(lines.map((line) => line.replace(/^[⠋-⠿]/u, '*'))).toEqual([
      '2026-02-05_05-15-00  30 s',
      '✔ dump   complete  45.2 MB',
      '* files  12 files, 3.0 MB',
      '* export ██████░░░░░░░░░░░░░░ 1 of 3 tables',
      '    "Projekte" of base "Meine Base": 1,000 of 4,000 records',
      'Ctrl-C detaches; the backup goes on',
    ]);
  });

  it('says when nobody works on a part, and when only the manifest is missing', () => {
    expect(progressLines({ backup: given(requested), figures: new Map() }, soon, colors)[1]).toMatch(
      /dump +waits for a service/,
    );
    const settled = progressLines({ backup: given(...all.slice(0, -1)), figures: new Map() }, soon, colors);
    expect(settled.at(-1)).toMatch(/writing the manifest/);
    expect(settled[3]).toBe('✖ export partial  181.4 MB');
  });
});
