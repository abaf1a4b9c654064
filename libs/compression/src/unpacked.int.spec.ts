import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensureZstd } from '@nocodb-backup/testing';
import { DamagedPackError } from './damaged-pack-error.js';
import { findPacker } from './packer.js';
import { withPath } from './packer.harness.js';
import { checkUnpackable, unpacked } from './unpacked.js';

const { signal } = new AbortController();
const PLAIN = Buffer.from(randomBytes(300_000).toString('hex'));
beforeAll(async () => {
  process.env.PATH = `${process.env.PATH ?? ''}:${await ensureZstd()}`;
}, 120_000);

const zstd = (bytes: Uint8Array) => execFileSync('zstd', ['-q', '-c'], { input: bytes, maxBuffer: 1 << 28 });
const inPieces = function* (bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
};
const unpack = (bytes: Uint8Array, path: string) =>
  buffer(unpacked(Readable.from(inPieces(bytes)), { path, signal }));

describe.each([
  ['a.gz', gzipSync as (bytes: Uint8Array) => Uint8Array],
  ['a.zst', zstd as (bytes: Uint8Array) => Uint8Array],
])('what is in %s', (path, pack) => {
  it('comes out as it went in', async () => {
    expect((await unpack(pack(PLAIN), path)).equals(PLAIN)).toBe(true);
    expect((await unpack(pack(Buffer.alloc(0)), path)).length).toBe(0);
  });

  it('comes out whole when it is in two members or frames: Node itself drops the second frame', async () => {
    const two = Buffer.concat([pack(PLAIN), pack(PLAIN)]);
    expect((await unpack(two, path)).equals(Buffer.concat([PLAIN, PLAIN]))).toBe(true);
  });

  it('is refused when it is cut short, wherever that is', async () => {
    const whole = pack(PLAIN);
    for (const length of [0, 3, 1000, whole.length / 2, whole.length - 1].map(Math.floor))
      if (!(path === 'a.zst' && length === 0))
        await expect(unpack(whole.subarray(0, length), path)).rejects.toBeInstanceOf(DamagedPackError);
  });

  it('is refused when bytes of it have changed', async () => {
    const bad = Buffer.from(pack(PLAIN));
    bad.fill(0x55, 1000, 1100);
    await expect(unpack(bad, path)).rejects.toBeInstanceOf(DamagedPackError);
  });

  it('ends well when it is cut between two members, so that only the length tells', async () => {
    const first = pack(PLAIN.subarray(0, 100_000));
    expect((await unpack(first, path)).length).toBe(100_000);
  });

  it('is not called damaged when it could not be read', async () => {
    const failing = (async function* () {
      yield await Promise.resolve(pack(PLAIN).subarray(0, 1000));
      throw new Error('the bucket does not answer');
    })();
    const reading = buffer(unpacked(failing, { path, signal }));
    await expect(reading).rejects.toThrow('the bucket does not answer');
  });

  it('stops when the signal fires, although the source is silent', async () => {
    const controller = new AbortController();
    const silent = (async function* () {
      yield await Promise.resolve(pack(PLAIN).subarray(0, 1000));
      controller.abort(new Error('SIGTERM'));
      await new Promise(() => undefined);
    })();
    const reading = buffer(unpacked(silent, { path, signal: controller.signal }));
    await expect(reading).rejects.toThrow('SIGTERM');
  });
});

describe('zstd', () => {
  it('is written in one frame, however many threads there are', async () => {
    const packer = await findPacker('zstd');
    const bytes = await buffer(packer.of(Readable.from(inPieces(randomBytes(20_000_000))), signal).content);
    const path = join(await mkdtemp(join(tmpdir(), 'frames-')), 'a.zst');
    await writeFile(path, bytes);
    const list = execFileSync('zstd', ['-l', '-v', path]);
    await rm(dirname(path), { recursive: true });
    expect(list.toString()).toMatch(/Frames: 1\b/);
  });

  it('of Node is used nowhere: with threads it gives empty answers, and it drops frames', async () => {
    const root = join(import.meta.dirname, '../../..');
    const own = /(createZstd|zstd(Dec|C)ompress|ZSTD_c_)/;
    for (const folder of ['apps', 'libs'])
      for (const name of await readdir(join(root, folder), { recursive: true }))
        if (/^[^/]+\/src\/.*\.ts$/.test(name) && !name.endsWith('.spec.ts'))
          expect([name, own.test(await readFile(join(root, folder, name), 'utf8'))]).toEqual([name, false]);
  });

  it('is asked for by the name of its package', async () => {
    const refused = withPath('/nonexistent', () => checkUnpackable('database.sql.zst'));
    await expect(refused).rejects.toThrow(/packed with zstd.*apt-get install zstd/);
    await expect(withPath('/nonexistent', () => checkUnpackable('database.sql.gz'))).resolves.toBeUndefined();
  });
});
