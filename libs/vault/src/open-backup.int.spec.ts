import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { DirectoryVault } from './directory-vault.js';
import { openBackup } from './open-backup.js';
import { BASE, DEFINITION, ID, LINKS, RECORDS, sealBackup, TABLE } from './sealed-backup.harness.js';
import type { StoredTable } from './stored-backup.js';

const { signal } = new AbortController();
const sandboxes: string[] = [];
let root: string;
let vault: DirectoryVault;
let sealed: Manifest;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vault-'));
  sandboxes.push(root);
  vault = new DirectoryVault(root);
  sealed = await sealBackup(root);
});
afterAll(() => Promise.all(sandboxes.map((folder) => rm(folder, { recursive: true, force: true }))));

const at = (path: string) => join(root, ID, path);
const open = () => openBackup(vault, ID);
const table = async (index = 0): Promise<StoredTable> => {
  const found = (await open()).bases[0]?.tables[index];
  if (found) return found;
  throw new Error(`the backup has no table ${index}`);
};
const everything = (): string[] => sealed.artifacts.map(({ path }) => path);
const verify = async (paths = everything()) => {
  const heard: { bytes: number; bytesTotal: number }[] = [];
  await (await open()).verify(paths, { signal, progress: (figures) => heard.push(figures) });
  return heard;
};
const editManifest = async (edit: (manifest: Manifest) => object) => {
  await writeFile(at('manifest.json'), JSON.stringify(edit(structuredClone(sealed))));
};

describe('a sealed backup', () => {
  it('gives what was stored, table by table', async () => {
    const stored = await table();
    expect(await stored.definition()).toEqual(DEFINITION);
    expect(JSON.stringify(await Array.fromAsync(stored.records(signal)))).toBe(JSON.stringify(RECORDS));
    expect(await Array.fromAsync(stored.links(signal))).toEqual(LINKS);
    expect(await Array.fromAsync(stored.attachments(signal))).toMatchObject([
      { record: 1, index: 0, path: `${TABLE}/attachments/Foto/1_x.png` },
      { index: 1, missing: 'HTTP 404' },
    ]);
    expect(await Array.fromAsync(stored.order(signal))).toEqual([]);
    expect(Object.keys(stored.paths)).toEqual(['schema', 'records', 'links', 'attachments']);
  });

  it('gives the base as NocoDB described it, and the bytes of an artifact', async () => {
    const backup = await open();
    expect(await backup.bases[0]?.metadata()).toEqual({ id: 'p1', title: 'Kunden' });
    expect(await text(await backup.open(`${BASE}/metadata.json`))).toContain('Kunden');
  });

  it('has nothing of a table that failed, and says so', async () => {
    const lost = await table(1);
    expect(lost.paths).toEqual({});
    expect(await Array.fromAsync(lost.records(signal))).toEqual([]);
    await expect(lost.definition()).rejects.toThrow(
      /table "Lost" of base "Kunden.*is not in backup .*failed/,
    );
  });

  it('stops reading when it is aborted', async () => {
    const controller = new AbortController();
    const records = (await table()).records(controller.signal)[Symbol.asyncIterator]();
    await records.next();
    controller.abort(new Error('shutdown'));
    await expect(records.next()).rejects.toThrow('shutdown');
    await expect(Array.fromAsync((await table()).links(controller.signal))).rejects.toThrow('shutdown');
  });

  it.each([
    ['that are no objects', gzipSync('[1]'), /a record must be an object/],
    ['that are no JSON', gzipSync('[{"a":]'), /it is no JSON/],
    ['that end half way', gzipSync(JSON.stringify(RECORDS)).subarray(0, -9), /the archive is not whole/],
    ['of an array without an end', gzipSync('[{"Id":1},\n{"Id":2}'), /cut short/],
  ])('tells of records %s', async (_, bytes, message) => {
    await writeFile(at(`${TABLE}/records.json.gz`), bytes);
    const reading = Array.fromAsync((await table()).records(signal));
    await expect(reading).rejects.toThrow(PermanentError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(/records\.json\.gz of backup 2026-02-05_05-15-00 is damaged/);
  });
});

describe('a backup is not opened', () => {
  const refused = async (message: RegExp) => {
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow(PermanentError);
  };

  it('when it does not exist', async () => {
    await rename(join(root, ID), join(root, '2026-02-05_05-15-01'));
    await refused(/there is no backup 2026-02-05_05-15-00.*nocodb-backup list/);
  });

  it('when it is not sealed', async () => {
    await rm(at('manifest.json'));
    await mkdir(join(root, '.staging', ID), { recursive: true });
    await refused(/2026-02-05_05-15-00 has no manifest\.json.*nocodb-backup show/);
  });

  it('when its manifest is no JSON', async () => {
    await truncate(at('manifest.json'), 100);
    await refused(/manifest\.json of backup 2026-02-05_05-15-00 .*damaged.*nocodb-backup list/);
  });

  it('when its manifest lacks something', async () => {
    await editManifest((manifest) => ({ ...manifest, parts: {} }));
    await refused(/damaged.*parts/);
  });

  it('when a newer version made it', async () => {
    await editManifest((manifest) => ({ ...manifest, version: '3.0' }));
    await refused(/"3\.0".*newer version of nocodb-backup\. Update/);
  });

  it('when its manifest is that of another one', async () => {
    await editManifest((manifest) => ({ ...manifest, id: '2026-02-06_05-15-00' }));
    await refused(/2026-02-05_05-15-00 .*is that of backup 2026-02-06_05-15-00/);
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'bases/../../x'])(
    'when its manifest names %j',
    async (path) => {
      await editManifest(({ artifacts, ...manifest }) => ({
        ...manifest,
        artifacts: artifacts.map((artifact) => ({ ...artifact, path })),
      }));
      await refused(/must stay inside the backup/);
    },
  );
});

describe('checking a backup', () => {
  const damaged = async (message: RegExp, paths = everything()) => {
    await expect(verify(paths)).rejects.toThrow(PermanentError);
    await expect(verify(paths)).rejects.toThrow(message);
  };
  const flip = async (path: string) => {
    const bytes = await readFile(at(path));
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    await writeFile(at(path), bytes);
  };
  const files = [
    `${TABLE}/records.json.gz`,
    `${TABLE}/attachments.json.gz`,
    'database.sql.gz',
    `${BASE}/metadata.json`,
  ];

  it('finds nothing when all is as it was stored, and tells how far it is', async () => {
    const heard = await verify();
    const total = sealed.artifacts.reduce((sum, { bytes }) => sum + bytes, 0) + 1;
    expect(heard.at(-1)).toEqual({ bytes: total, bytesTotal: total });
    expect(heard.every(({ bytesTotal }) => bytesTotal === total)).toBe(true);
  });

  it.each(files)('finds a changed byte of %s', async (path) => {
    await flip(path);
    await damaged(/1 file is not as stored: .*its bytes have changed/);
  });

  it.each(files)('finds that %s was cut short', async (path) => {
    await truncate(at(path), 10);
    await damaged(/\d+ bytes were stored, 10 lie there/);
  });

  it.each(files)('finds that %s is missing', async (path) => {
    await rm(at(path));
    await damaged(/is missing/);
  });

  it('finds a link in place of a file', async () => {
    await rename(at('database.sql.gz'), join(root, 'elsewhere'));
    await symlink(join(root, 'elsewhere'), at('database.sql.gz'));
    await damaged(/is a link/);
  });

  it.each([
    ['changed', (path: string) => writeFile(path, 'y'), /1_x\.png \(its bytes have changed/],
    ['is missing', (path: string) => rm(path), /1_x\.png \(.* is missing\)/],
  ])('finds that an attached file %s', async (_, damage, message) => {
    await damage(at(`${TABLE}/attachments/Foto/1_x.png`));
    await damaged(message, [`${TABLE}/attachments.json.gz`]);
    await verify([`${TABLE}/records.json.gz`]);
  });

  it('names everything that is damaged, and what can be restored all the same', async () => {
    await flip('database.sql.gz');
    await rm(at(`${TABLE}/links.json.gz`));
    await damaged(/2 files are not as stored: database\.sql\.gz \(.*links\.json\.gz \(/);
    await damaged(/Use another backup.*nocodb-backup list/);
    await damaged(/No damage was found so far in the data files of this one/);
    await damaged(/in the data files, 1 of 1 exported tables of this one/, ['database.sql.gz']);
  });

  it('names twenty, and counts the rest', async () => {
    await damaged(
      /: 25 files are.*\bf19 \([^;]*; 5 more/,
      Array.from({ length: 25 }, (_, n) => `f${n}`),
    );
  });

  it('does not call whole what the manifest does not know', async () => {
    await damaged(/somewhere\.txt \(the manifest does not know it/, ['somewhere.txt']);
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const checking = (await open()).verify(everything(), {
      signal: controller.signal,
      progress: () => {
        controller.abort(new Error('shutdown'));
      },
    });
    await expect(checking).rejects.toThrow('shutdown');
  });
});
