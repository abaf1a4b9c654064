import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ArtifactPath, PermanentError } from '@nocodb-backup/events';
import { mayMount } from '@nocodb-backup/testing';
import fc from 'fast-check';
import { DirectoryVault } from './directory-vault.js';
import { DiskFullError } from './disk-error.js';

const ID = '2026-02-05_05-15-00';
const ATTEMPT = 'dumper-1';
const sandboxes: string[] = [];
let root: string;
let vault: DirectoryVault;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vault-'));
  sandboxes.push(root);
  vault = new DirectoryVault(root);
});
afterAll(() => Promise.all(sandboxes.map((folder) => rm(folder, { recursive: true, force: true }))));

async function* bytesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}
async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(Buffer.alloc(65_536, 1));
}
const staging = () => vault.stage(ID, ATTEMPT);
const stagedAt = (path = '') => join(root, '.staging', ID, ATTEMPT, path);
const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a stored artifact', () => {
  it('has the size and the digest of the bytes that lie there', async () => {
    const artifact = await staging().store('bases/crm/records.json.gz', bytesOf('hello ', 'world'));
    const stored = await readFile(stagedAt('bases/crm/records.json.gz'));
    expect(stored.toString()).toBe('hello world');
    expect(artifact).toEqual({
      path: 'bases/crm/records.json.gz',
      bytes: 11,
      sha256: createHash('sha256').update(stored).digest('hex'),
    });
    expect(await filesIn(root)).toEqual([stagedAt('bases/crm/records.json.gz')]);
  });

  it('may be empty', async () => {
    expect(await staging().store('empty', bytesOf())).toMatchObject({ bytes: 0 });
  });

  it('can be read by its owner alone', async () => {
    await staging().store('bases/a', bytesOf('x'));
    expect((await stat(stagedAt('bases/a'))).mode & 0o777).toBe(0o600);
    expect((await stat(stagedAt('bases'))).mode & 0o777).toBe(0o700);
  });

  it('may lie in long folders with any letters', async () => {
    const path = `bases/${'ä'.repeat(120)}/Größe & „Preis“ 💶/${'x'.repeat(250)}.json`;
    await staging().store(path, bytesOf('x'));
    expect((await readFile(stagedAt(path))).toString()).toBe('x');
  });

  it('is never in memory as a whole: D15', async () => {
    let peak = 0;
    async function* large() {
      const start = process.memoryUsage().arrayBuffers;
      for (let n = 0; n < 300; n++) {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - start);
        yield await Promise.resolve(Buffer.alloc(1_000_000, n));
      }
    }
    await staging().store('large', large(), new AbortController().signal);
    expect(peak).toBeLessThan(150_000_000);
  }, 30_000);

  it('is never overwritten', async () => {
    await staging().store('a', bytesOf('first'));
    await expect(staging().store('a', bytesOf('second'))).rejects.toThrow(/never overwrites/);
    expect((await readFile(stagedAt('a'))).toString()).toBe('first');
  });

  it('is stored once when two store it at the same time', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => staging().store('a', bytesOf(String(n)))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await filesIn(root)).toEqual([stagedAt('a')]);
  });
});

describe('a path', () => {
  const outside = [
    '',
    '.',
    '..',
    '../x',
    '/etc/x',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    'a\\b',
    'a\0b',
    'a/.partial-1',
  ];
  it.each([...outside, '\ud800'])('%j is refused', async (path) => {
    await expect(staging().store(path, bytesOf('x'))).rejects.toThrow(PermanentError);
  });

  it('ends inside the staging folder, or is refused and nothing is written', async () => {
    const segment = fc.oneof(
      fc.constantFrom('..', '.', '', '/', '~', '\\', 'a', '%2e%2e', '．．', 'COM1', ' '),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const paths = fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('/'));
    let attempt = 0;
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const folder = join(root, '.staging', ID, `p-${++attempt}`);
        const stored = await vault
          .stage(ID, `p-${attempt}`)
          .store(path, bytesOf(path))
          .catch((error: unknown) => error);
        if (stored instanceof PermanentError) {
          expect(existsSync(folder) ? await filesIn(folder) : []).toEqual([]);
        } else {
          expect(ArtifactPath.safeParse(path).success).toBe(true);
          expect((await readFile(`${folder}/${path}`)).toString()).toBe(path);
        }
        expect((await readdir(root)).filter((name) => name !== '.staging')).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('does not leave through a link among its folders', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'vault-elsewhere-'));
    sandboxes.push(elsewhere);
    await staging().store('real/a', bytesOf('x'));
    await symlink(elsewhere, stagedAt('linked'));
    await expect(staging().store('linked/a', bytesOf('x'))).rejects.toThrow(/does not go through it/);
    await expect(staging().store('linked/deep/a', bytesOf('x'))).rejects.toThrow(PermanentError);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it.each(['../x', '2026-02-05', '2026-02-30_05-15-00', ''])('with the backup id %j is refused', (id) => {
    expect(() => vault.stage(id, ATTEMPT)).toThrow(PermanentError);
  });

  it.each(['..', 'a/b', ''])('with the attempt id %j is refused', (attempt) => {
    expect(() => vault.stage(ID, attempt)).toThrow(PermanentError);
  });

  it('that the file system finds too long is refused with a reason', async () => {
    await expect(staging().store('x'.repeat(256), bytesOf('x'))).rejects.toThrow(/no name as long/);
  });
});

describe('what fails', () => {
  it('leaves nothing when the source breaks', async () => {
    async function* broken() {
      yield await Promise.resolve(Buffer.from('half'));
      throw new Error('the dump broke');
    }
    await expect(staging().store('database.sql.gz', broken())).rejects.toThrow('the dump broke');
    expect(await filesIn(root)).toEqual([]);
  });

  it.each(['EACCES', 'ENOSPC'])('keeps the error of the source as it is, even %s', async (code) => {
    async function* broken() {
      yield await Promise.resolve(Buffer.from('half'));
      throw Object.assign(new Error('the data directory'), { code });
    }
    await expect(staging().store('a', broken())).rejects.toThrow(/^the data directory$/);
  });

  it('leaves nothing when it is aborted, even if the source never answers', async () => {
    const controller = new AbortController();
    async function* hanging() {
      yield await Promise.resolve(Buffer.from('half'));
      controller.abort(new Error('shutdown'));
      await new Promise<void>(() => undefined);
    }
    await expect(staging().store('a', hanging(), controller.signal)).rejects.toThrow('shutdown');
    await expect(staging().store('a', endless(), AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    );
    expect(await filesIn(root)).toEqual([]);
  });

  it('is removed with all that the attempt stored, and again is fine', async () => {
    await staging().store('bases/a', bytesOf('x'));
    await vault.stage(ID, 'other').store('b', bytesOf('x'));
    await staging().discard();
    await staging().discard();
    expect(await filesIn(root)).toEqual([join(root, '.staging', ID, 'other', 'b')]);
  });
});

/** A disk of one megabyte, where this user may mount one. */
describe('a full disk', () => {
  (mayMount() ? it : it.skip)('is a clear error, and leaves the space as it was', async () => {
    const disk = join(root, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      const error: unknown = await new DirectoryVault(disk)
        .stage(ID, ATTEMPT)
        .store('database.sql.gz', endless())
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DiskFullError);
      expect(String(error)).toMatch(
        /ENOSPC.*: \d{6,7} bytes of .*database\.sql\.gz were written and removed.*Free space/,
      );
      expect(await filesIn(disk)).toEqual([]);
      expect(await new DirectoryVault(disk).freeBytes()).toBeGreaterThan(900_000);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('a process that stores', () => {
  const PACKAGE = join(import.meta.dirname, '..');
  const program = (source: string) => `
    import { DirectoryVault } from ${JSON.stringify(join(PACKAGE, 'dist/index.js'))};
    async function* endless() { for (;;) yield Buffer.alloc(65536, 1); }
    await new DirectoryVault(process.argv[1]).stage('${ID}', '${ATTEMPT}').store('database.sql.gz', ${source});`;
  const node = (source: string) => ['--input-type=module', '-e', program(source), '--', root];

  beforeAll(async () => {
    const tsc = join(PACKAGE, '../../node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-b', PACKAGE]);
  }, 60_000);

  it('leaves no artifact when it is killed, and a sweep removes the half-written file', async () => {
    const child = spawn(process.execPath, node('endless()'), { stdio: 'ignore' });
    const written = async () => {
      if (!existsSync(stagedAt())) return 0;
      const sizes = await Promise.all(
        (await filesIn(stagedAt())).map(async (file) => (await stat(file)).size),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    while ((await written()) < 1_000_000 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await written()).toBeGreaterThanOrEqual(1_000_000);
    expect(existsSync(stagedAt('database.sql.gz'))).toBe(false);
    await vault.sweep(ID);
    await vault.sweep(ID);
    expect(await filesIn(root)).toEqual([]);
    await staging().store('database.sql.gz', bytesOf('the next attempt'));
  });

  it('fails clearly at the largest size that it may write', async () => {
    const limited = promisify(execFile)('bash', [
      '-c',
      'ulimit -f 1024; exec "$0" "$@"',
      process.execPath,
      ...node('endless()'),
    ]);
    await expect(limited).rejects.toThrow(
      /EFBIG.*1048576 bytes of .*database\.sql\.gz were written and removed/,
    );
    expect(await filesIn(root)).toEqual([]);
  });
});
