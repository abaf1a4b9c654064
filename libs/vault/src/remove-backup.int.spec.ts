import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { DirectoryVault } from './directory-vault.js';

const id = '2026-02-05_05-15-00';
const other = '2026-02-06_05-15-00';
/** Of `{}`. */
const EMPTY = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

let root: string;
let vault: DirectoryVault;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'remove-'));
  vault = new DirectoryVault(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sealed = async (backupId: string) => {
  for (const path of ['database.sql.gz', 'bases/B/metadata.json']) {
    const artifact = await vault.stage(backupId, 'a').store(path, Readable.from([Buffer.from('12345')]));
    await vault.publish(backupId, 'a', artifact);
  }
  await vault.writeManifest(backupId, Buffer.from('{}'));
};

describe('removing a backup from a directory', () => {
  it('takes everything of it, tells how much that was, and leaves the others alone', async () => {
    await sealed(id);
    await sealed(other);
    await vault.stage(id, 'late').store('x', Readable.from([Buffer.from('x')]));
    expect(await vault.remove(id, EMPTY)).toEqual({ files: 3, bytes: 12, warnings: [] });
    expect(await vault.backups()).toEqual({ sealed: [other], unsealed: [] });
    expect(await vault.isStaged(id)).toBe(false);
    expect(await vault.remove(id, undefined)).toEqual({ files: 0, bytes: 0, warnings: [] });
  });

  it('takes nothing where another manifest lies than the one that was looked at', async () => {
    await sealed(id);
    for (const seen of [undefined, '0'.repeat(64)])
      await expect(vault.remove(id, seen)).rejects.toThrow(/not the one that was looked at/);
    expect((await vault.backups()).sealed).toEqual([id]);
    expect(await vault.lyingManifest(id)).toEqual({ sha256: EMPTY, requestedAt: undefined });
    expect(await vault.lyingManifest(other)).toBeUndefined();
  });

  it('is no backup from the first moment on, and goes on where it was', async () => {
    await sealed(id);
    const stubborn = join(root, id, 'bases/B');
    await rm(join(root, id, 'manifest.json'));
    await mkdir(join(stubborn, 'more'));
    expect((await vault.backups()).sealed).toEqual([]);
    expect(await vault.remove(id, EMPTY)).toMatchObject({ files: 2 });
    expect(existsSync(join(root, id))).toBe(false);
  });

  it('touches nothing else before the manifest is gone', async () => {
    await sealed(id);
    await rm(join(root, id, 'manifest.json'));
    await mkdir(join(root, id, 'manifest.json'));
    await expect(vault.remove(id, EMPTY)).rejects.toThrow(/manifest\.json/);
    expect(existsSync(join(root, id, 'database.sql.gz'))).toBe(true);
    expect(existsSync(join(root, id, 'bases/B/metadata.json'))).toBe(true);
  });

  it('removes links and never what they lead to', async () => {
    await sealed(id);
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'precious'), 'x');
    await symlink(outside, join(root, id, 'link'));
    await vault.remove(id, EMPTY);
    expect(await readdir(outside)).toEqual(['precious']);
    await symlink(outside, join(root, id));
    await expect(vault.remove(id, EMPTY)).rejects.toBeInstanceOf(PermanentError);
    expect(await readdir(outside)).toEqual(['precious']);
    await rm(outside, { recursive: true });
  });

  it.each(['../etc', '', '.staging', 'x/y'])('refuses %j', async (name) => {
    await expect(vault.remove(name, undefined)).rejects.toBeInstanceOf(PermanentError);
  });
});
