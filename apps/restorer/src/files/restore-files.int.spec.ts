import { execFileSync } from 'node:child_process';
import { chmod, chown, link, lstat, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { mayMount } from '@nocodb-backup/testing';
import { RefusedError } from '../refused-error.js';
import { ARCHIVE } from './archive.js';
import { gnuTarOf, nodeTarOf, pythonTarOf, tarOf } from './archives.harness.js';
import { BACKUP, fill, modeAt, RESTORE, restored, Sandbox, treeOf } from './files.harness.js';
import { readArchive } from './read-archive.js';

// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const OLD = { 'nc/uploads/old.png': 'old', 'noco.db': 'old', '.hidden': 'old' };
const NEW = {
  'nc/uploads/noco/Größe „1“ 💶.png': 'new',
  [`nc/${'ü'.repeat(110)}/${'x'.repeat(200)}`]: 'long',
  'noco.db': 'newer',
  'line\nbreak': 'n',
  'back\\slash': 'b',
};
const ASIDE = `.nocodb-backup-before-${RESTORE}`;
const isRoot = process.getuid?.() === 0;
let sandbox: Sandbox;
let source: string;
beforeEach(async () => {
  sandbox = await Sandbox.make();
  source = join(sandbox.root, 'source');
  await fill(source, NEW);
  await fill(sandbox.data, OLD);
});
afterEach(() => sandbox.remove());

const untouched = async () => {
  expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', 'nc/uploads/': '', ...OLD });
  expect((await readdir(sandbox.data)).filter((name) => name.startsWith('.nocodb'))).toEqual([]);
};
const failing = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );

describe.each([
  ['GNU tar', gnuTarOf],
  ['the tar of Node', nodeTarOf],
])('an archive by %s', (_, archived) => {
  it('comes back as it was: odd names, links, modes, times, empty folders; what was there is kept aside', async () => {
    await symlink('nc/uploads', join(source, 'inner'));
    await link(join(source, 'noco.db'), join(source, 'hard'));
    await mkdir(join(source, 'nc/empty'));
    await chmod(join(source, 'noco.db'), 0o640);
    await chmod(join(source, 'nc/empty'), 0o751);
    await sandbox.seal(await archived(source));
    const { outcome, conclusion } = await restored(sandbox);
    expect(outcome).toEqual({ target: null, counts: { files: 7, bytes: 14 }, leftOut: [], warnings: [] });
    expect(treeOf(sandbox.data)).toEqual(treeOf(source));
    expect(modeAt(join(sandbox.data, 'noco.db'))).toBe(0o640);
    expect(modeAt(join(sandbox.data, 'nc/empty'))).toBe(0o751);
    expect((await stat(join(sandbox.data, 'hard'))).nlink).toBe(2);
    const [was, is] = [await stat(join(source, 'noco.db')), await stat(join(sandbox.data, 'noco.db'))];
    expect(Math.floor(is.mtimeMs / 1000)).toBe(Math.floor(was.mtimeMs / 1000));
    expect(treeOf(join(sandbox.data, ASIDE))).toEqual({ 'nc/': '', 'nc/uploads/': '', ...OLD });
    expect(conclusion?.next.join('\n')).toMatch(
      /docker compose up -d\n.*\.nocodb-backup-before-.*\n.*To go back: .*find/s,
    );
  });

  (isRoot ? it : it.skip)('gives each entry its owner, as root, and no set-user-id bit: D19', async () => {
    await chown(join(source, 'noco.db'), 1000, 1001);
    await chmod(join(source, 'noco.db'), 0o4755);
    await chown(source, 1000, 1000);
    await sandbox.seal(await archived(source));
    const { outcome } = await restored(sandbox);
    expect(await stat(join(sandbox.data, 'noco.db'))).toMatchObject({ uid: 1000, gid: 1001 });
    expect(modeAt(join(sandbox.data, 'noco.db'))).toBe(0o755);
    expect(await stat(sandbox.data)).toMatchObject({ uid: 1000, gid: 1000 });
    expect(outcome?.warnings).toEqual([expect.stringMatching(/^1 entries .* set-user-id/)]);
  });
});

it('takes an archive of the Python tool, which has no folders, into a directory that is empty', async () => {
  await sandbox.seal(pythonTarOf(source));
  await sandbox.remove().then(() => fill(source, NEW));
  await mkdir(sandbox.data);
  await sandbox.seal(pythonTarOf(source));
  const { outcome, conclusion } = await restored(sandbox);
  expect(outcome?.counts).toEqual({ files: 5, bytes: 14 });
  expect(treeOf(sandbox.data)).toEqual(treeOf(source));
  expect(conclusion?.next).toHaveLength(1);
});

it('keeps names whole, however the stream is cut', async () => {
  const name = `./nc/${'ö'.repeat(110)}`;
  await fill(source, { [name]: 'x' });
  const gz = gzipSync(gnuTarOf(source), { level: 0 });
  const bytes = Readable.from(Array.from(gz, (byte) => Buffer.of(byte)));
  const paths: string[] = [];
  const visit = ({ path }: { path: string }) => Promise.resolve(void paths.push(path));
  await readArchive(bytes, { path: ARCHIVE, signal: AbortSignal.any([]), visit });
  expect(paths).toContain(name);
});

describe('a hostile archive', () => {
  it('writes nothing outside, and what it wanted is listed', async () => {
    await fill(sandbox.root, { 'outside/secret': 'secret' });
    const secret = join(sandbox.root, 'outside/secret');
    await sandbox.seal(
      tarOf([
        { path: './', type: 'Directory', mode: 0o755 },
        { path: 'good', content: 'good' },
        { path: '/tmp/absolute', content: 'x' },
        { path: '../outside/dots', content: 'x' },
        { path: 'out', type: 'SymbolicLink', linkpath: '../outside' },
        { path: 'out/through', content: 'x' },
        { path: 'abs', type: 'SymbolicLink', linkpath: sandbox.root },
        { path: 'hard', type: 'Link', linkpath: secret },
        { path: 'here', type: 'SymbolicLink', linkpath: 'folder' },
        { path: 'folder/', type: 'Directory' },
        { path: 'here/through', content: 'x' },
        { path: 'good', type: 'SymbolicLink', linkpath: 'folder' },
        { path: 'good/below', content: 'x' },
        { path: 'folder', content: 'x' },
        { path: 'lonely', type: 'Link', linkpath: 'nowhere' },
        { path: 'pipe', type: 'FIFO' },
        { path: 'device', type: 'CharacterDevice' },
        { path: 'n'.repeat(99) + '/' + 'x'.repeat(99), content: 'fits' },
        { path: '.nocodb-backup-before-x/nc', content: 'x' },
        { path: 'lost+found/', type: 'Directory' },
      ]),
    );
    const { outcome } = await restored(sandbox);
    expect(treeOf(join(sandbox.root, 'outside'))).toEqual({ secret: 'secret' });
    expect(Object.keys(treeOf(sandbox.data)).sort()).toEqual(
      [
        'folder/',
        'good',
        'here',
        `${'n'.repeat(99)}/`,
        `${'n'.repeat(99)}/${'x'.repeat(99)}`,
        // The link to the outside was refused, so this is a folder like any other.
        'out/',
        'out/through',
      ].sort(),
    );
    const left = Object.fromEntries(
      outcome?.leftOut.map(({ reason, examples }) => [reason.slice(0, 20), examples]) ?? [],
    );
    expect(left).toEqual({
      'the path is absolute': ['/tmp/absolute'],
      'the path leads out o': ['../outside/dots'],
      'the link leads out o': ['out', 'abs', 'hard'],
      'it would lie below a': ['here/through', 'good/below'],
      'the archive holds so': ['good', 'folder'],
      'what the link leads ': ['lonely'],
      'devices, pipes and o': ['pipe', 'device'],
      'it was kept aside by': ['.nocodb-backup-before-x/nc'],
    });
    expect(outcome?.counts.files).toBe(4);
  });

  it('lists names that the file system does not take', async () => {
    await sandbox.seal(Buffer.concat([longName('y'.repeat(300)), tarOf([{ path: 'short', content: 'z' }])]));
    const { outcome } = await restored(sandbox);
    expect(outcome?.leftOut).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/no name as long/), count: 1 }),
    ]);
  });

  const longName = (name: string): Buffer => {
    const header = tarOf([{ path: '././@LongLink', content: name }]).subarray(0, 1024);
    header.write('L', 156);
    header.fill(' ', 148, 156);
    const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return Buffer.concat([header, tarOf([{ path: 'cut' }]).subarray(0, 512)]);
  };
});

describe('a damaged archive', () => {
  it.each([
    ['cut short', (gz: Buffer) => gz.subarray(0, gz.length - 100), /end of file/],
    [
      'with a flipped byte',
      (gz: Buffer) =>
        Buffer.from(gz).fill(gz.readUInt8(gz.length - 30) ^ 255, gz.length - 30, gz.length - 29),
      /damaged/,
    ],
    ['that is no archive', () => gzipSync('no archive'.repeat(100)), /damaged/],
    ['that is empty', () => Buffer.alloc(0), /damaged|end of file/],
  ])('%s leaves everything as it was', async (_, spoiled, message) => {
    const tar = gnuTarOf(source);
    await sandbox.seal(tar, {}, spoiled(gzipSync(tar)));
    const error = await failing(restored(sandbox));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/left as it was; use another/);
    await untouched();
  });

  it('whose compressed bytes are whole, but not the tar in them', async () => {
    const tar = gnuTarOf(source);
    for (const part of [tar.subarray(0, 1024), tar.subarray(0, 1300), tar.subarray(0, tar.length - 9216)]) {
      await sandbox.remove().then(() => fill(sandbox.data, OLD));
      await sandbox.seal(part, { files: 5, tarBytes: tar.length });
      expect((await failing(restored(sandbox))).message).toMatch(/left as it was; use another/);
      await untouched();
    }
  });

  it('that holds less than the manifest says, is not taken', async () => {
    const tar = gnuTarOf(source);
    await sandbox.seal(tar, { files: 6 });
    expect((await failing(restored(sandbox))).message).toMatch(
      /holds 5 files in .* where the manifest says 6/,
    );
    await untouched();
  });
});

describe('a restore is refused, and touches nothing,', () => {
  const refused = async (restoring: Parameters<typeof restored>[1] = {}): Promise<string> => {
    const error = await failing(restored(sandbox, restoring));
    expect(error).toBeInstanceOf(RefusedError);
    return error.message;
  };

  it('when the directory is missing, is none, or holds the backups', async () => {
    await sandbox.seal(gnuTarOf(source));
    expect(await refused({ env: { NOCODB_DATA_PATH: join(sandbox.root, 'none') } })).toMatch(
      /ENOENT.*mount .*NOCODB_DATA_PATH/,
    );
    await writeFile(join(sandbox.root, 'file'), '');
    expect(await refused({ env: { NOCODB_DATA_PATH: join(sandbox.root, 'file') } })).toMatch(
      /is no directory/,
    );
    expect(await refused({ env: { NOCODB_DATA_PATH: sandbox.root } })).toMatch(
      /NOCODB_BACKUP_DIR to a place outside/,
    );
    await untouched();
  });

  it('when the backup has no whole archive, or one of nothing', async () => {
    await sandbox.seal(gnuTarOf(source), { status: 'failed' });
    expect(await refused()).toMatch(new RegExp(`${BACKUP} holds no whole archive .*part files: failed`));
    await sandbox.remove().then(() => fill(sandbox.data, OLD));
    await mkdir(source);
    await sandbox.seal(gnuTarOf(source));
    expect(await refused()).toMatch(/holds no files .*volume mounted.*--force/);
    await untouched();
  });

  it('when there is not enough room for a second tree', async () => {
    await sandbox.seal(gnuTarOf(source), { tarBytes: 2 ** 52 });
    expect(await refused()).toMatch(/has \d+ bytes free, and the new tree needs 4503599627370496/);
    await untouched();
  });

  describe('while NocoDB runs', () => {
    let server: Server;
    let env: Record<string, string>;
    beforeEach(async () => {
      server = createServer((_, response) => response.writeHead(503).end());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      env = { NOCODB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
      await sandbox.seal(gnuTarOf(source));
    });
    afterEach(() => {
      server.close();
    });

    it('unless it is forced; and so is the plan', async () => {
      expect(await refused({ env })).toMatch(/stop it first .*--force/);
      expect(await refused({ env, planOnly: true })).toMatch(/stop it first .*--force/);
      await untouched();
      const { outcome } = await restored(sandbox, { env, options: { force: true } });
      expect(outcome?.counts.files).toBe(5);
    });

    it('also when it was started after the plan', async () => {
      const { plan } = await restored(sandbox, { planOnly: true });
      const error = await failing(restored(sandbox, { env }, plan));
      expect(error).toBeInstanceOf(RefusedError);
      await untouched();
    });
  });

  (mayMount() ? it : it.skip)('when something is mounted inside', async () => {
    await sandbox.seal(gnuTarOf(source));
    const inner = join(sandbox.data, 'nc/uploads/in ner');
    await mkdir(inner);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', inner]);
    try {
      expect(await refused()).toMatch(/in ner is a mount of its own/);
    } finally {
      execFileSync('umount', [inner]);
    }
  });
});

it('plans what it would do, and touches nothing', async () => {
  await sandbox.seal(gnuTarOf(source));
  const { plan } = await restored(sandbox, { planOnly: true });
  expect(plan).toEqual({
    steps: [
      {
        key: 'files',
        title: `data directory ${sandbox.data}`,
        action: `unpack 5 files, keep the 3 entries there in .nocodb-backup-before-<restore id>; NocoDB does not answer at http://127.0.0.1:9 and is taken for stopped`,
        target: null,
        existing: null,
      },
    ],
    warnings: [],
  });
  await untouched();
});

describe('what was there', () => {
  it('is kept until the next restore of files', async () => {
    await sandbox.seal(gnuTarOf(source));
    await restored(sandbox);
    await restored(sandbox, { restoreId: '2026-11-23_05-15-00' });
    const kept = (await readdir(sandbox.data)).filter((name) => name.startsWith('.nocodb'));
    expect(kept.sort()).toEqual([
      '.nocodb-backup-2026-11-23_05-15-00',
      '.nocodb-backup-before-2026-11-23_05-15-00',
    ]);
  });

  it('is removed at once with dropOld', async () => {
    await sandbox.seal(gnuTarOf(source));
    await restored(sandbox, { options: { dropOld: true } });
    expect(await readdir(sandbox.data)).not.toContain(ASIDE);
    expect(treeOf(sandbox.data)).toEqual(treeOf(source));
  });

  it('stays where it is when it belongs to the file system', async () => {
    await mkdir(join(sandbox.data, 'lost+found'));
    await sandbox.seal(gnuTarOf(source));
    await restored(sandbox);
    expect((await lstat(join(sandbox.data, 'lost+found'))).isDirectory()).toBe(true);
  });
});
