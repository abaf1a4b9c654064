import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Backup,
  type BackupFact,
  foldBackup,
  manifestOf,
  standingArtifacts,
} from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { DirectoryVault } from '@nocodb-backup/vault';
import { seal } from './seal.js';

const backupId = '2026-02-05_05-15-00';
const table = { tableId: 't1', baseId: 'b1', title: 'T', folder: 'bases/B/tables/T' };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const options = { toolVersion: '1.0.0', signal: new AbortController().signal };
const failure = { reason: 'connection refused', attempts: 5 };

let root: string;
let vault: DirectoryVault;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seal-'));
  vault = new DirectoryVault(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const here = () => ({ staging: 'local' as const, local: vault, keepsLocal: true });

const store = (attempt: string, path: string, content: string | Buffer) =>
  vault.stage(backupId, attempt).store(path, chunks(content));

async function* chunks(content: string | Buffer) {
  yield await Promise.resolve(Buffer.from(content));
}

const requested = (...parts: e.Part[]) =>
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
const dumped = (artifacts: e.Artifact[]) =>
  e.DumpCompleted({
    backupId,
    attempt: 'dump-1',
    artifacts,
    serverVersion: '15.18',
    clientVersion: '15.18',
    sqlBytes: 9,
    tables: 2,
    rows: 3,
    collation,
    seconds: 1,
    warnings: [],
  });

const exported = async (attached: number) => {
  const files = [];
  for (let index = 0; index < attached; index++)
    files.push(await store('table-1', `${table.folder}/attachments/F/1_${index}.txt`, `file ${index}`));
  const lines = files.map((file, index) =>
    JSON.stringify({ record: 1, column: 'c', index, title: 'x', mimetype: null, ...file }),
  );
  const lost = JSON.stringify({
    record: 1,
    column: 'c',
    index: 99,
    title: 'y',
    mimetype: null,
    missing: 'HTTP 500',
  });
  const index = await store(
    'table-1',
    `${table.folder}/attachments.json.gz`,
    gzipSync(`[\n${[...lines, lost].join(',\n')}\n]\n`),
  );
  const figures = {
    index: index.path,
    files: attached,
    bytes: attached * 6,
    missing: ['y: HTTP 500'],
    missingCount: 1,
  };
  return e.TableExported({
    backupId,
    tableId: 't1',
    attempt: 'table-1',
    artifacts: [index],
    records: 1,
    links: 0,
    attachments: figures,
    seconds: 1,
    warnings: [],
  });
};

const folded = (...events: e.BackupEvent[]): Backup => {
  const facts = events.map((event, at): BackupFact => ({
    ...event,
    sequence: at + 1,
    time: new Date(at * 1000),
  }));
  const backup = foldBackup(facts);
  if (!backup) throw new Error('these facts make no backup');
  return backup;
};

/** A backup with a dump and one table with attached files; a dead attempt left something behind. */
const settled = async (): Promise<Backup> => {
  await store('dump-0', 'database.sql.gz', 'half of a dump');
  const dump = await store('dump-1', 'database.sql.gz', 'a whole dump');
  const plan = { attempt: 'plan-1', artifacts: [], nocodbVersion: null, warnings: [] };
  const bases = [{ baseId: 'b1', title: 'B', folder: 'bases/B' }];
  const totals = { records: 1, links: 0, attachments: { files: 3, bytes: 18, missing: 1 } };
  return folded(
    requested('dump', 'export'),
    dumped([dump]),
    e.ExportPlanned({ backupId, ...plan, bases, tables: [table] }),
    await exported(3),
    e.ExportCompleted({ backupId, tables: { planned: 1, exported: 1, failed: 0 }, ...totals }),
  );
};

const filesBelow = async (folder: string) =>
  (await readdir(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
    .sort();

const whole = [
  `${table.folder}/attachments.json.gz`,
  `${table.folder}/attachments/F/1_0.txt`,
  `${table.folder}/attachments/F/1_1.txt`,
  `${table.folder}/attachments/F/1_2.txt`,
  'database.sql.gz',
  'manifest.json',
];

describe('sealing', () => {
  it('moves every file of the attempts that stand to its place, and leaves nothing of the others', async () => {
    const uploaded = await seal(await settled(), here(), options);

    expect(await filesBelow(backupId)).toEqual(whole);
    expect(await filesBelow('.staging')).toEqual([]);
    expect(await readFile(join(root, backupId, 'database.sql.gz'), 'utf8')).toBe('a whole dump');
    expect(uploaded.data).toMatchObject({ status: 'partial', files: 6, destinations: ['local'] });
    expect(JSON.parse(Buffer.from(await vault.readManifest(backupId)).toString())).toMatchObject({
      status: 'partial',
    });
  });

  it('ends the same when it was killed after any step, and when it is done again', async () => {
    const once = await seal(await settled(), here(), options);
    for (let steps = 0; steps <= 2; steps++) {
      await rm(root, { recursive: true });
      const backup = await settled();
      for (const { attempt, artifact } of standingArtifacts(backup).slice(0, steps))
        await vault.publish(backupId, attempt, artifact);

      expect((await seal(backup, here(), options)).data).toEqual(once.data);
      expect((await seal(backup, here(), options)).data).toEqual(once.data);
      expect(await filesBelow(backupId)).toEqual(whole);
    }
  });

  it('goes on after the manifest was written and the staging folder was not yet removed', async () => {
    const backup = await settled();
    for (const { attempt, artifact } of standingArtifacts(backup))
      await vault.publish(backupId, attempt, artifact);
    await vault.writeManifest(
      backupId,
      Buffer.from(`${JSON.stringify(manifestOf(backup, '1.0.0'), null, 2)}\n`),
    );

    await seal(backup, here(), options);
    expect(await filesBelow(backupId)).toEqual(whole);
    expect(await filesBelow('.staging')).toEqual([]);
  });

  it('is refused when an artifact has vanished, and there is no manifest then', async () => {
    const backup = await settled();
    await vault.stage(backupId, 'dump-1').discard();

    await expect(seal(backup, here(), options)).rejects.toThrow(/database\.sql\.gz has vanished/);
    expect((await vault.backups()).sealed).toEqual([]);
  });

  it('is refused when an attached file has vanished', async () => {
    const backup = await settled();
    await rm(join(root, '.staging', backupId, 'table-1', table.folder, 'attachments/F/1_1.txt'));

    await expect(seal(backup, here(), options)).rejects.toThrow(/1_1\.txt has vanished/);
    expect((await vault.backups()).sealed).toEqual([]);
  });

  it('is refused when no part succeeded, and says why', async () => {
    await store('dump-0', 'database.sql.gz', 'half of a dump');
    const backup = folded(requested('dump'), e.DumpFailed({ backupId, failure }));

    await expect(seal(backup, here(), options)).rejects.toThrow(
      /no part .* succeeded: database dump: connection refused/,
    );
    expect(await vault.backups()).toEqual({ sealed: [], unsealed: [] });
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });
});
