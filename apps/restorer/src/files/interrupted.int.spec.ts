import { execFileSync, spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { mayMount, poll } from '@nocodb-backup/testing';
import fc from 'fast-check';
import { gnuTarOf, tarOf } from './archives.harness.js';
import { fill, RESTORE, restored, Sandbox, treeOf } from './files.harness.js';
import { layoutOf } from './layout.js';
import { stageOf, swap } from './swap.js';

jest.setTimeout(60_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, 'perform-files.harness.mjs');
const isRoot = process.getuid?.() === 0;
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.make();
});
afterEach(() => sandbox.remove());

const attempt = async (restoring: object, dies = 0, options: SpawnOptionsWithoutStdio = {}) => {
  const args = ['--import', HOOKS, PROGRAM, sandbox.root, JSON.stringify(restoring), String(dies)];
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, complained, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]);
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(complained);
  return signal === 'SIGKILL' ? undefined : (JSON.parse(said) as { error?: string; outcome?: unknown });
};

describe('a swap', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '.e', 'a.2'), { maxLength: 5 });
  const filesOf = (entries: readonly string[], content: string) =>
    Object.fromEntries(entries.map((name) => [name < 'b' ? `${name}/in` : name, content]));

  it('comes to the same end from wherever it was interrupted, any number of times', async () => {
    await fc.assert(
      fc.asyncProperty(
        names,
        names,
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
        async (old, fresh, stops) => {
          const directory = join(sandbox.root, crypto.randomUUID());
          const layout = layoutOf(directory, RESTORE);
          await fill(directory, filesOf(old, 'old'));
          await mkdir(layout.tree, { recursive: true });
          await fill(layout.tree, filesOf(fresh, 'new'));
          for (const stop of stops)
            await swap(layout, { signal: AbortSignal.any([]), move: until(stop) }).catch(unlessStopped);
          await swap(layout, { signal: AbortSignal.any([]) });
          expect(await stageOf(layout)).toBe('done');
          expect(filesIn(directory)).toEqual(filesOf(fresh, 'new'));
          expect(old.length === 0 ? {} : filesIn(layout.aside)).toEqual(filesOf(old, 'old'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['set aside', 3],
    ['put in place', 4],
  ] as const)(
    'that stopped when entries were %s keeps what NocoDB makes meanwhile beside what was there',
    async (stage, stop) => {
      const layout = layoutOf(sandbox.data, RESTORE);
      await fill(sandbox.data, { 'nc/a': 'old', 'nc.db': 'old' });
      await fill(layout.tree, { 'nc/a': 'new' });
      await swap(layout, { signal: AbortSignal.any([]), move: until(stop) }).catch(unlessStopped);
      expect(await stageOf(layout)).toBe(stage);
      await fill(sandbox.data, { 'nc/a': 'meanwhile' });
      await swap(layout, { signal: AbortSignal.any([]) });
      expect(filesIn(sandbox.data)).toEqual({ 'nc/a': 'new' });
      expect(filesIn(layout.aside)).toEqual({ 'nc/a': 'old', 'nc.2/a': 'meanwhile', 'nc.db': 'old' });
    },
  );

  it('puts everything back when an entry cannot be moved', async () => {
    const layout = layoutOf(sandbox.data, RESTORE);
    await fill(sandbox.data, { a: 'old', b: 'old', c: 'old' });
    await fill(layout.tree, { a: 'new' });
    const move: typeof rename = (from, to) =>
      String(from) === join(sandbox.data, 'c') ? Promise.reject(busy) : rename(from, to);
    await expect(swap(layout, { signal: AbortSignal.any([]), move })).rejects.toThrow(
      /c cannot be moved \(EBUSY\).*left as it was/,
    );
    expect(filesIn(sandbox.data)).toEqual({ a: 'old', b: 'old', c: 'old' });
  });

  const busy = Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
  const stopped = new Error('stopped');
  const until = (moves: number): typeof rename => {
    let left = moves;
    // Dead is dead: nothing is put back either.
    return (from, to) => (--left <= 0 ? Promise.reject(stopped) : rename(from, to));
  };
  const unlessStopped = (error: unknown) => {
    if (error !== stopped && (error as Error).cause !== stopped) throw error;
  };
  const filesIn = (folder: string) =>
    Object.fromEntries(Object.entries(treeOf(folder)).filter(([path]) => !path.endsWith('/')));
});

describe('a restorer that is killed', () => {
  const OLD = { 'nc/old': 'old', a: 'old' };
  const NEW = { 'nc/new': 'new', z: 'new' };

  it('before any of its moves, is followed by one that ends what it began', async () => {
    const source = join(sandbox.root, 'source');
    await fill(source, NEW);
    await sandbox.seal(gnuTarOf(source));
    let result;
    let dies = 0;
    while (!result) {
      dies++;
      await rm(sandbox.data, { recursive: true });
      await fill(sandbox.data, OLD);
      const { plan } = await restored(sandbox, { planOnly: true });
      result = await attempt({}, dies);
      const { outcome } = await restored(sandbox, {}, plan);
      expect(outcome).toMatchObject({ counts: { files: 2, bytes: 6 }, leftOut: [] });
      expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', ...NEW });
      expect(treeOf(layoutOf(sandbox.data, RESTORE).aside)).toEqual({ 'nc/': '', ...OLD });
    }
    expect(dies).toBe(6);
  });

  it('while it unpacks, leaves the old tree as it was, and the next one begins anew', async () => {
    const source = join(sandbox.root, 'source');
    await fill(source, Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`nc/${n}`, 'x'])));
    await fill(sandbox.data, OLD);
    await sandbox.seal(gnuTarOf(source));
    const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, sandbox.root], { stdio: 'ignore' });
    const { workshop, aside } = layoutOf(sandbox.data, RESTORE);
    const unpacked = () => readdir(workshop, { recursive: true }).catch(() => []);
    await poll(async () => (await unpacked()).length > 50, AbortSignal.timeout(20_000), 2);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await readdir(workshop)).not.toContain('ready');
    expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', ...OLD });
    expect((await restored(sandbox)).outcome?.counts).toEqual({ files: 3000, bytes: 3000 });
    expect(await readdir(workshop)).toEqual(['ready']);
    expect(treeOf(aside)).toEqual({ 'nc/': '', ...OLD });
  });

  it('is one of two at the same time, and there is one new tree', async () => {
    const source = join(sandbox.root, 'source');
    await fill(source, NEW);
    await fill(sandbox.data, OLD);
    await sandbox.seal(gnuTarOf(source));
    const { plan } = await restored(sandbox, { planOnly: true });
    await restored(sandbox, {}, plan);
    await fill(sandbox.data, { 'nc/since': 'since' });
    // The one that was asleep finds its work done, and does not do it to what NocoDB has written since.
    await restored(sandbox, {}, plan);
    expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', 'nc/since': 'since', ...NEW });
  });
});

it('stops when it is told to, in the middle of a file, and leaves nothing', async () => {
  await fill(sandbox.data, { old: 'old' });
  await sandbox.seal(tarOf([{ path: 'big', content: 'x'.repeat(50_000_000) }]));
  const controller = new AbortController();
  const restoring = restored(sandbox, { signal: controller.signal });
  const begun = async () =>
    (await readdir(sandbox.data, { recursive: true })).some((path) => path.endsWith('tree/big'));
  const stopping = poll(begun, AbortSignal.timeout(10_000), 1).then(() => {
    controller.abort(new Error('SIGTERM'));
  });
  await expect(restoring).rejects.toThrow('SIGTERM');
  await stopping;
  expect(await readdir(sandbox.data)).toEqual(['old']);
});

(mayMount() ? it : it.skip)(
  'fails on a full disk with both figures, and leaves everything as it was',
  async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', sandbox.data]);
    try {
      await fill(sandbox.data, { 'nc/old': 'old' });
      const tar = tarOf([{ path: 'big', content: 'x'.repeat(2_000_000) }]);
      // The manifest does not tell, as with a backup of the Python tool.
      await sandbox.seal(tar, { tarBytes: 1000 });
      const failing = restored(sandbox);
      await expect(failing).rejects.toThrow(PermanentError);
      await expect(failing).rejects.toThrow(
        /no space left .*ENOSPC.* needs about 1000 bytes .* \d{5,7} are free; .*left as it was/,
      );
      expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', 'nc/old': 'old' });
      expect(await readdir(sandbox.data)).toEqual(['nc']);
    } finally {
      execFileSync('umount', [sandbox.data]);
    }
  },
);

/** They need a second user, and only root has one. */
(isRoot ? describe : describe.skip)('a user who is not root: D19', () => {
  const nobody = { uid: 65_534, gid: 65_534 };
  beforeEach(async () => {
    await chmod(sandbox.root, 0o755);
    await fill(sandbox.data, { 'nc/old': 'old' });
    await sandbox.seal(
      tarOf([
        { path: './', type: 'Directory', mode: 0o755 },
        { path: 'nc/new', content: 'new', uid: 1000 },
      ]),
    );
    execFileSync('chown', ['-R', '65534:65534', join(sandbox.root, 'vault')]);
  });

  it('is refused before anything is touched, and told whose files they are', async () => {
    const first = await attempt({}, 0, nobody);
    expect(first?.error).toMatch(
      /RefusedError: .*data belongs to uid 0, gid 0.*uid 65534.*run the restore as root.*CAP_CHOWN/,
    );
    await chown(sandbox.data, 65_534, 65_534);
    const second = await attempt({}, 0, nobody);
    expect(second?.error).toMatch(/data\/nc belongs to uid 0/);
    expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', 'nc/old': 'old' });
  });

  it('restores its own files, and is told that owners could not be kept', async () => {
    execFileSync('chown', ['-R', '65534:65534', sandbox.data]);
    const result = await attempt({}, 0, nobody);
    expect(result?.outcome).toMatchObject({
      counts: { files: 1 },
      warnings: [expect.stringMatching(/^2 files and folders belong to .*uid 65534.*CAP_CHOWN/)],
    });
    expect(treeOf(sandbox.data)).toEqual({ 'nc/': '', 'nc/new': 'new' });
  });
});
