import { describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type BackupFact, foldBackup } from './evolve.js';
import { manifestOf } from './manifest-of.js';

const backupId = '2026-02-05_05-15-00';
const artifact = (path: string) => ({ path, bytes: 1, sha256: '0'.repeat(64) });
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const [ada, bob] = ['age1ada', 'age1bob'];

const requested = e.BackupRequested({
  backupId,
  source: 'default',
  parts: ['dump', 'export'],
  records: true,
  attachments: true,
  trigger: 'manual',
  requestedBy: 'ada',
  deadline: '2026-02-05T17:15:00Z',
});
const dumped = (path: string, more: { readonly recipients?: string[] }) =>
  e.DumpCompleted({
    backupId,
    attempt: 'a1',
    artifacts: [artifact(path)],
    serverVersion: '15.18',
    clientVersion: '15.18',
    sqlBytes: 9,
    tables: 2,
    rows: 3,
    collation,
    seconds: 1,
    warnings: ['the secret table is odd'],
    ...more,
  });
const exported = (suffix: string, more: { readonly recipients?: string[] }) => [
  e.ExportPlanned({
    backupId,
    attempt: 'p1',
    artifacts: [artifact(`bases/b1/metadata.json${suffix}`)],
    nocodbVersion: '0.301.3',
    bases: [{ baseId: 'b1', title: 'secret base', folder: 'bases/b1' }],
    tables: ['t1', 't2'].map((tableId) => ({
      tableId,
      baseId: 'b1',
      title: `secret ${tableId}`,
      folder: `bases/b1/tables/${tableId}`,
    })),
    warnings: [],
    ...more,
  }),
  e.TableExported({
    backupId,
    tableId: 't1',
    attempt: 'x1',
    artifacts: [`records.json.gz${suffix}`, 'stored-files.json.gz'].map((name) =>
      artifact(`bases/b1/tables/t1/${name}`),
    ),
    records: 5,
    links: 2,
    contentHash: 'c'.repeat(64),
    attachments: {
      index: 'bases/b1/tables/t1/stored-files.json.gz',
      files: 1,
      bytes: 3,
      missing: ['secret.pdf (record 1): HTTP 404'],
      missingCount: 1,
    },
    seconds: 1,
    warnings: [],
    ...more,
  }),
  e.TableExportFailed({ backupId, tableId: 't2', failure: { reason: 'secret t2 is gone', attempts: 5 } }),
  e.ExportCompleted({
    backupId,
    tables: { planned: 2, exported: 1, failed: 1 },
    records: 5,
    links: 2,
    attachments: { files: 1, bytes: 3, missing: 1 },
  }),
];

const manifestAfter = (...facts: e.BackupEvent[]) => {
  const placed = facts.map((fact, index): BackupFact => ({
    ...fact,
    sequence: index + 1,
    time: new Date(Date.UTC(2026, 1, 5, 5, 15, index)),
  }));
  const backup = foldBackup(placed);
  if (!backup) throw new Error('these facts make no backup');
  return manifestOf(backup, '2.0.0');
};

describe('the manifest of an encrypted backup', () => {
  const manifest = manifestAfter(
    requested,
    dumped('database.sql.gz.age', { recipients: [bob, ada] }),
    ...exported('.age', { recipients: [ada, bob] }),
  );

  it('names the public keys, each once', () => {
    expect(manifest.encryption).toEqual({ format: 'age', recipients: [ada, bob] });
  });

  it('tells what failed and how much there is, by ids, and no title, hash of a content, reason or warning', () => {
    expect(JSON.stringify(manifest)).not.toContain('secret');
    expect(JSON.stringify(manifest)).not.toContain('contentHash');
    expect(manifest.failures).toEqual(['table t1: 1 attachments are missing', 'table t2: failed']);
    expect(manifest.warnings).toEqual([expect.stringMatching(/^1 warning is kept in the event log/)]);
    expect(manifest.parts.export.bases[0]).toMatchObject({
      id: 'b1',
      title: 'b1',
      tables: [{ title: 't1' }, {}],
    });
  });
});

describe('a backup of which a part is not encrypted', () => {
  it('says so in its manifest', () => {
    const mixed = manifestAfter(
      requested,
      dumped('database.sql.gz', {}),
      ...exported('.age', { recipients: [ada] }),
    );
    expect(mixed.warnings).toEqual([
      expect.stringMatching(/^the part dump is not encrypted although others are/),
      expect.stringMatching(/^1 warning is kept/),
    ]);
  });

  it('says so when a service was told another passphrase', () => {
    const mixed = manifestAfter(
      requested,
      dumped('database.sql.gz.age', { recipients: [ada] }),
      ...exported('.age', { recipients: [bob] }),
    );
    expect(mixed.warnings[0]).toMatch(/^not all of it is encrypted with the same keys: set NOCODB_/);
  });

  it('has no encryption in its manifest when nothing is encrypted', () => {
    const open = manifestAfter(requested, dumped('database.sql.gz', {}), ...exported('', {}));
    expect(open.encryption).toBeUndefined();
    expect(open.warnings).toEqual(['the secret table is odd']);
  });
});
