import { execFile, execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findPacker, type Packer } from '@nocodb-backup/compression';
import { PermanentError } from '@nocodb-backup/events';
import { ensureIgzip } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import type { Archiver } from './archive.js';
import { gnuTar, hasGnuTar } from './gnu-tar.js';
import { nodeTar } from './node-tar.js';
import { storeFiles } from './store-files.js';

const ID = '2026-02-05_05-15-00';
const ODD = [
  'plain',
  'with space',
  '-rf',
  'tar: x',
  'Größe „1“ 💶',
  'line\nbreak',
  'back\\slash',
  '*',
  'x'.repeat(200),
];
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
/** Lets a test see the archive before it is packed. */
const packerThat = async (
  does: (tar: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): Promise<Packer> => {
  const packer = await findPacker('gzip');
  const of: Packer['of'] = (tar, signal) => packer.of(does(tar), signal);
  return { ...packer, of, ofProgram: of };
};
let sandbox: string;
let data: string;
beforeAll(async () => {
  process.env.PATH = `${await ensureIgzip()}:${process.env.PATH ?? ''}`;
}, 120_000);
beforeEach(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'store-files-'));
  await chmod(sandbox, 0o777);
  data = join(sandbox, 'data');
  await mkdir(join(data, 'nc/uploads/noco'), { recursive: true });
});
afterEach(() => rm(sandbox, { recursive: true, force: true }));

const root = () => join(sandbox, 'vault');
const store = (
  archiver: Archiver,
  directory = data,
  signal = new AbortController().signal,
  packer?: Packer,
) =>
  storeFiles(
    { directory, vaultDirectory: root(), compression: 'gzip', archiver, ...(packer && { packer }) },
    { staging: new DirectoryVault(root()).stage(ID, 'a1'), signal, progress: () => undefined },
  );
const stagedFiles = async () =>
  (await readdir(root(), { recursive: true, withFileTypes: true }).catch(() => [])).filter(
    (entry) => !entry.isDirectory(),
  );
const unpacked = async () => {
  const folder = join(sandbox, 'unpacked');
  await mkdir(folder);
  await promisify(execFile)('tar', [
    '-xzf',
    join(root(), '.staging', ID, 'a1', 'nocodb-data.tar.gz'),
    '-C',
    folder,
  ]);
  return folder;
};

it('takes GNU tar where there is one', async () => {
  expect(await hasGnuTar()).toBe(execFileSync('tar', ['--version']).includes('GNU tar'));
});

describe.each([
  ['GNU tar', gnuTar],
  ['the tar of Node', nodeTar],
])('an archive by %s', (_, archiver) => {
  it('unpacks to what was there: odd names, links, modes, empty folders', async () => {
    for (const name of ODD) await writeFile(join(data, 'nc', name), `content of ${name}`);
    await symlink('../nowhere', join(data, 'dangling'));
    await link(join(data, 'nc/plain'), join(data, 'hard'));
    await chmod(join(data, 'nc/plain'), 0o640);
    const { artifact, files, tarBytes, warnings } = await store(archiver);
    expect({ path: artifact.path, files, warnings }).toEqual({
      path: 'nocodb-data.tar.gz',
      files: ODD.length + 2,
      warnings: [],
    });
    expect(tarBytes % 512).toBe(0);
    const folder = await unpacked();
    for (const name of ODD)
      expect(await readFile(join(folder, 'nc', name), 'utf8')).toBe(`content of ${name}`);
    expect(await readlink(join(folder, 'dangling'))).toBe('../nowhere');
    expect((await lstat(join(folder, 'hard'))).nlink).toBe(2);
    expect((await lstat(join(folder, 'nc/plain'))).mode & 0o777).toBe(0o640);
    expect(await readdir(join(folder, 'nc/uploads/noco'))).toEqual([]);
  });

  it('holds nothing that a restore has kept aside, and everything else of such a name', async () => {
    for (const folder of ['.nocodb-backup-before-x/nc', '.nocodb-backup-x', 'nc/.nocodb-backup-y', '.nocodb'])
      await mkdir(join(data, folder), { recursive: true });
    for (const file of [
      '.nocodb-backup-before-x/nc/old',
      'nc/.nocodb-backup-y/a',
      'nc/x.nocodb-backup-z',
      '.nocodb/b',
    ])
      await writeFile(join(data, file), 'x');
    expect(await store(archiver)).toMatchObject({ files: 3, warnings: [] });
    const folder = await unpacked();
    expect((await readdir(folder)).sort()).toEqual(['.nocodb', 'nc']);
    expect((await readdir(join(folder, 'nc'))).sort()).toEqual([
      '.nocodb-backup-y',
      'uploads',
      'x.nocodb-backup-z',
    ]);
  });

  it('of a directory without files says so', async () => {
    expect(await store(archiver)).toMatchObject({
      files: 0,
      warnings: [expect.stringMatching(/is NocoDB's volume mounted/)],
    });
  });

  it('fails when the directory is missing or is none, and names the variable', async () => {
    await expect(store(archiver, join(sandbox, 'none'))).rejects.toThrow(/ENOENT.*NOCODB_DATA_PATH/);
    await writeFile(join(sandbox, 'file'), '');
    await expect(store(archiver, join(sandbox, 'file'))).rejects.toThrow(PermanentError);
    expect(await stagedFiles()).toEqual([]);
  });

  it('fails when the backups lie inside of the directory', async () => {
    await expect(store(archiver, sandbox)).rejects.toThrow(/NOCODB_BACKUP_DIR to a place outside/);
  });

  it('fails when a file may not be read, and leaves nothing', async () => {
    await writeFile(join(data, 'nc/secret'), 'x');
    await chmod(join(data, 'nc/secret'), 0);
    await asOrdinaryUser(async () => {
      await expect(store(archiver)).rejects.toThrow(/not all of .*secret.*Let the user/);
      expect(await stagedFiles()).toEqual([]);
    });
  });

  it('stops when it is told to, and leaves nothing: D11', async () => {
    for (let n = 0; n < 50; n++) await writeFile(join(data, `random-${n}`), Buffer.alloc(1_000_000, n));
    const controller = new AbortController();
    const packer = await packerThat((tar) => abortedOnTheWay(tar, controller));
    await expect(store(archiver, data, controller.signal, packer)).rejects.toThrow('SIGTERM');
    expect(await stagedFiles()).toEqual([]);
  });
});

async function* abortedOnTheWay(tar: AsyncIterable<Uint8Array>, controller: AbortController) {
  for await (const chunk of tar) {
    controller.abort(new Error('SIGTERM'));
    yield chunk;
  }
}

/** Root may read everything; the tests about permission must not be root. */
const asOrdinaryUser = async (work: () => Promise<void>) => {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
};

describe('a directory that changes while it is archived', () => {
  it('is archived by GNU tar, with warnings that name the files', async () => {
    await writeFile(join(data, 'a-growing'), Buffer.alloc(30_000_000, 1));
    await mkdir(join(data, 'z'));
    for (let n = 0; n < 200; n++) await writeFile(join(data, 'z', String(n)), Buffer.alloc(50_000, 1));
    const packer = await packerThat(changedOnTheWay);
    const { warnings, files } = await store(gnuTar, data, undefined, packer);
    expect(warnings.join('\n')).toMatch(/a-growing: file changed as we read it/);
    expect(warnings.join('\n')).toMatch(/z\/1\d\d: File removed before we read it/);
    expect(files).toBeGreaterThan(1);
    expect(await readdir(await unpacked())).toContain('a-growing');
  }, 30_000);

  /** tar lists a folder when it comes to it; held back by its pipe, it is far from the files that vanish. */
  async function* changedOnTheWay(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const changes = new Map([
      ['./a-growing', () => appendFile(join(data, 'a-growing'), 'more')],
      ['./z/', vanish],
    ]);
    for await (const chunk of tar) {
      const [name, change] = [...changes].find(([entry]) => Buffer.from(chunk).includes(entry)) ?? [];
      if (name !== undefined) changes.delete(name);
      await change?.();
      yield chunk;
    }
  }

  const vanish = async () => {
    const names = await readdir(join(data, 'z'));
    for (const name of names.filter(({ length }) => length === 3)) await unlink(join(data, 'z', name));
  };
});

describe('an archive that is cut short', () => {
  it('is not stored, although tar reported success', async () => {
    await writeFile(join(data, 'a'), Buffer.alloc(100_000, 1));
    const packer = await packerThat((tar) => first(51_200, tar));
    await expect(store(gnuTar, data, undefined, packer)).rejects.toThrow(/cut short after 51200 bytes/);
    expect(await stagedFiles()).toEqual([]);
  });
});

async function* first(bytes: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of source) {
    if (left > 0) yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
