import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { DirectoryVault } from './directory-vault.js';

const ID = '2026-02-05_05-15-00';
const PATH = 'bases/crm/records.json.gz';
const sandboxes: string[] = [];
let root: string;
let vault: DirectoryVault;
let artifact: Artifact;

async function* bytesOf(content: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content));
}
const stagedAt = (path = PATH, attempt = 'a1') => join(root, '.staging', ID, attempt, path);
const publishedAt = (path = PATH) => join(root, ID, path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vault-'));
  sandboxes.push(root);
  vault = new DirectoryVault(root);
  artifact = await vault.stage(ID, 'a1').store(PATH, bytesOf('hello'));
});
afterAll(() => Promise.all(sandboxes.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('publishing an artifact', () => {
  it('moves it from the attempt to the backup', async () => {
    await vault.publish(ID, 'a1', artifact);
    expect((await readFile(publishedAt())).toString()).toBe('hello');
    expect(await readdir(dirname(stagedAt()))).toEqual([]);
  });

  it('is fine a second time, and when two do it at once', async () => {
    await Promise.all([1, 2, 3].map(() => vault.publish(ID, 'a1', artifact)));
    await vault.publish(ID, 'a1', artifact);
    expect((await readFile(publishedAt())).toString()).toBe('hello');
  });

  it('goes on where it was killed between its two steps', async () => {
    await mkdir(dirname(publishedAt()), { recursive: true });
    await link(stagedAt(), publishedAt());
    await vault.publish(ID, 'a1', artifact);
    expect(await readdir(dirname(stagedAt()))).toEqual([]);
    expect((await readFile(publishedAt())).toString()).toBe('hello');
  });

  it('names the artifact that vanished', async () => {
    await vault.sweep(ID);
    const publishing = vault.publish(ID, 'a1', artifact);
    await expect(publishing).rejects.toThrow(PermanentError);
    await expect(publishing).rejects.toThrow(/bases\/crm\/records\.json\.gz has vanished.*request another/);
  });

  it('never overwrites another file, even one of the same size', async () => {
    const other = await vault.stage(ID, 'a2').store(PATH, bytesOf('world'));
    await vault.publish(ID, 'a1', artifact);
    await expect(vault.publish(ID, 'a2', other)).rejects.toThrow(/never overwrites/);
    expect((await readFile(publishedAt())).toString()).toBe('hello');
  });

  it('refuses bytes that were changed since, staged or published', async () => {
    await truncate(stagedAt(), 3);
    await expect(vault.publish(ID, 'a1', artifact)).rejects.toThrow(/3 bytes where 5 were stored/);
    await mkdir(dirname(publishedAt()), { recursive: true });
    await writeFile(publishedAt(), 'hell');
    await rm(stagedAt());
    await expect(vault.publish(ID, 'a1', artifact)).rejects.toThrow(/4 bytes where 5 were stored/);
  });

  it('does not go through links', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'vault-elsewhere-'));
    sandboxes.push(elsewhere);
    await mkdir(join(root, ID));
    await symlink(elsewhere, join(root, ID, 'bases'));
    await expect(vault.publish(ID, 'a1', artifact)).rejects.toThrow(PermanentError);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('leaves manifest.json to the end', async () => {
    const fake = await vault.stage(ID, 'a1').store('manifest.json', bytesOf('{}'));
    await expect(vault.publish(ID, 'a1', fake)).rejects.toThrow(/written last/);
  });
});

describe('the manifest', () => {
  const bytes = Buffer.from('{"format":"nocodb-backup"}');

  it('makes the backup', async () => {
    await vault.publish(ID, 'a1', artifact);
    expect(await vault.backups()).toEqual({ sealed: [], unsealed: [ID] });
    expect(await vault.writeManifest(ID, bytes)).toEqual(await vault.digest(ID, 'manifest.json'));
    expect(await vault.backups()).toEqual({ sealed: [ID], unsealed: [] });
    expect(Buffer.from(await vault.readManifest(ID))).toEqual(bytes);
  });

  it('may be written again with the same bytes, never with others', async () => {
    const [first, second] = await Promise.all([
      vault.writeManifest(ID, bytes),
      vault.writeManifest(ID, bytes),
    ]);
    expect(first).toEqual(second);
    await expect(vault.writeManifest(ID, Buffer.from('{}'))).rejects.toThrow(/another manifest already/);
    expect(Buffer.from(await vault.readManifest(ID))).toEqual(bytes);
  });

  it('survives the sweep of the staging folder', async () => {
    await vault.publish(ID, 'a1', artifact);
    await vault.writeManifest(ID, bytes);
    await vault.sweep(ID);
    expect(await readdir(join(root, '.staging'))).toEqual([]);
    expect((await readdir(join(root, ID))).sort()).toEqual(['bases', 'manifest.json']);
  });

  it('is not read when it is absurdly large, or missing', async () => {
    await expect(vault.readManifest(ID)).rejects.toThrow(/manifest\.json is missing/);
    await mkdir(join(root, ID));
    await writeFile(publishedAt('manifest.json'), '');
    await truncate(publishedAt('manifest.json'), 65 * 1024 * 1024);
    await expect(vault.readManifest(ID)).rejects.toThrow(/more than the 67108864/);
  });
});

describe('reading', () => {
  it('lists backups by age and nothing else that lies in the directory', async () => {
    await mkdir(join(root, '2025-01-01_00-00-00'));
    for (const other of ['lost+found', 'README', '2026-99-99_00-00-00']) await mkdir(join(root, other));
    await vault.writeManifest('2026-03-01_00-00-00', Buffer.from('{}'));
    await vault.writeManifest('2026-01-01_00-00-00', Buffer.from('{}'));
    expect(await vault.backups()).toEqual({
      sealed: ['2026-01-01_00-00-00', '2026-03-01_00-00-00'],
      unsealed: ['2025-01-01_00-00-00'],
    });
  });

  it('finds no backups where there is no directory yet', async () => {
    expect(await new DirectoryVault(join(root, 'new')).backups()).toEqual({ sealed: [], unsealed: [] });
  });

  it('gives the bytes of an artifact and the digest that they have now', async () => {
    await vault.publish(ID, 'a1', artifact);
    expect(await text(await vault.open(ID, PATH))).toBe('hello');
    expect(await vault.digest(ID, PATH)).toEqual(artifact);
    await writeFile(publishedAt(), 'hallo');
    expect((await vault.digest(ID, PATH)).sha256).not.toBe(artifact.sha256);
  });

  it('stops when it is told to', async () => {
    await vault.publish(ID, 'a1', artifact);
    await expect(vault.digest(ID, PATH, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('refuses what is missing, a folder, a link, or outside', async () => {
    await vault.publish(ID, 'a1', artifact);
    await symlink(publishedAt(), publishedAt('link'));
    for (const path of ['nothing', 'bases', 'link', '../x'])
      await expect(vault.open(ID, path)).rejects.toThrow(PermanentError);
  });

  it('says how much room there is', async () => {
    expect(await vault.freeBytes()).toBeGreaterThan(0);
  });
});
