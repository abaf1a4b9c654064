import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { copyBackup } from './copy-backup.js';
import { DirectoryVault } from './directory-vault.js';
import { ID, sealBackup, TABLE } from './sealed-backup.harness.js';

/** What is read of it is noted; it can be cut off. */
class WatchedVault extends DirectoryVault {
  readonly opened: string[] = [];
  breakAt = Infinity;

  override open(backupId: string, path: string): Promise<Readable> {
    if (this.opened.length >= this.breakAt) return Promise.reject(new Error('the line is cut'));
    this.opened.push(path);
    return super.open(backupId, path);
  }
}

describe('copying a backup', () => {
  let root: string;
  let from: WatchedVault;
  let to: DirectoryVault;
  let attempts = 0;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'copy-'));
    from = new WatchedVault(join(root, 'from'));
    to = new DirectoryVault(join(root, 'to'));
    await sealBackup(join(root, 'from'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const copy = (signal = AbortSignal.timeout(20_000)) =>
    copyBackup({ backupId: ID, from, to, attemptId: `a${++attempts}`, signal, progress: () => undefined });
  const listed = async (vault: DirectoryVault) =>
    (await Array.fromAsync(vault.files(ID))).sort((a, b) => (a.path < b.path ? -1 : 1));
  const fileOf = (place: 'from' | 'to', path: string) => join(root, place, ID, path);

  it('brings every file, attached ones too, and the manifest to the letter', async () => {
    const { files, bytes } = await copy();
    const there = await listed(from);
    expect(await listed(to)).toEqual(there);
    expect({ files, bytes }).toEqual({
      files: there.length,
      bytes: there.reduce((sum, file) => sum + file.bytes, 0),
    });
    expect(await to.readManifest(ID)).toEqual(await from.readManifest(ID));
    expect(await to.isStaged(ID)).toBe(false);
    expect(await readdir(join(root, 'to', '.staging'))).toEqual([]);
  });

  it('is no backup before everything has come, and goes on where it was cut off', async () => {
    from.breakAt = 5;
    await expect(copy()).rejects.toThrow('the line is cut');
    expect(await to.backups()).toEqual({ sealed: [], unsealed: [ID] });
    const before = from.opened.length;
    from.breakAt = Infinity;
    await copy();
    expect((await to.backups()).sealed).toEqual([ID]);
    expect(from.opened.length).toBe((await listed(from)).length - 1);
    expect(before).toBe(5);
    await copy();
    expect(from.opened.length).toBe((await listed(from)).length - 1);
  });

  it('takes nothing that is damaged where it lies', async () => {
    for (const path of ['database.sql.gz', `${TABLE}/attachments/Foto/1_x.png`]) {
      const whole = await readFile(fileOf('from', path));
      await writeFile(fileOf('from', path), Buffer.concat([whole.subarray(0, -1), Buffer.from('!')]));
      await expect(copy()).rejects.toThrow(/is damaged where it lies.*nocodb-backup verify/);
      await expect(copy()).rejects.toBeInstanceOf(PermanentError);
      expect((await to.backups()).sealed).toEqual([]);
      await writeFile(fileOf('from', path), whole);
    }
  });

  it('trusts nothing that was left of a backup, but leaves one that is whole to a person', async () => {
    await cp(join(root, 'from', ID), join(root, 'to', ID), { recursive: true });
    await rm(fileOf('to', 'manifest.json'));
    await truncate(fileOf('to', 'database.sql.gz'), 3);
    await expect(copy()).rejects.toThrow(/is fetched anew/);
    await copy();
    expect(await listed(to)).toEqual(await listed(from));
    await truncate(fileOf('to', 'database.sql.gz'), 3);
    await expect(copy()).rejects.toThrow(/delete that copy .*--local-only --force/);
    expect((await to.backups()).sealed).toEqual([ID]);
  });

  it('says that there is nothing to fetch', async () => {
    await rm(fileOf('from', 'manifest.json'));
    await expect(copy()).rejects.toThrow(/no manifest\.json of it lies there/);
  });
});
