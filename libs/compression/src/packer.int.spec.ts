import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureIgzip, ensureZstd, poll } from '@nocodb-backup/testing';
import { findPacker, type Packer } from './packer.js';
import { childrenLike, outputOf, packerWith, withPath } from './packer.harness.js';

const { signal } = new AbortController();
const LINES = 400_000;
const SCRIPT = `seq ${LINES}`;
const CONTENT = Array.from({ length: LINES }, (_, index) => `${index + 1}\n`).join('');
const NOWHERE = '/nonexistent';
let sandbox: string;
let igzip: string;
beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'packer-'));
  igzip = await ensureIgzip();
  process.env.PATH = `${process.env.PATH ?? ''}:${await ensureZstd()}`;
}, 120_000);
afterAll(() => rm(sandbox, { recursive: true, force: true }));

const withIgzip = (): Promise<Packer> =>
  withPath(`${igzip}:${process.env.PATH ?? ''}`, () => findPacker('gzip'));
const withoutIgzip = (): Promise<Packer> => withPath(NOWHERE, () => findPacker('gzip'));
const withZstd = (): Promise<Packer> => findPacker('zstd');
const drained = async (content: AsyncIterable<Uint8Array>) => (await buffer(content)).length;
const until = (work: () => Promise<boolean>) => poll(work, AbortSignal.timeout(15_000));
/** What the usual program makes of the bytes. */
const unpackedBy = async (program: string, bytes: Uint8Array) => {
  const path = join(sandbox, 'packed');
  await writeFile(path, bytes);
  const { stdout } = await promisify(execFile)('bash', ['-c', `${program} -d -c < "$0"`, path], {
    maxBuffer: 1 << 28,
  });
  return stdout;
};
const inPieces = async function* (text: string, size = 65_521) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
};

describe.each([
  ['igzip', 'igzip', 'gzip', withIgzip],
  ['Node where there is no igzip', 'node', 'gzip', withoutIgzip],
  ['zstd', 'zstd', 'zstd', withZstd],
])('packing with %s', (_, codec, program, found) => {
  let packer: Packer;
  beforeAll(async () => {
    packer = await found();
  });

  it('is what this machine is found to have', () => {
    expect([packer.codec, packer.extension]).toEqual([codec, program === 'gzip' ? 'gz' : 'zst']);
  });

  it('gives what the usual program unpacks, and knows how much it was and how it ended', async () => {
    for (const packed of [packer.ofProgram(outputOf(SCRIPT), signal), packer.of(inPieces(CONTENT), signal)]) {
      const bytes = await buffer(packed.content);
      expect(bytes.length).toBeLessThan(CONTENT.length / 3);
      expect((await unpackedBy(program, bytes)) === CONTENT).toBe(true);
      expect(packed.rawBytes).toBe(CONTENT.length);
      expect(Buffer.from(packed.rawTail).toString()).toBe(CONTENT.slice(-1024));
    }
  }, 30_000);

  it('gives a whole file for nothing, too', async () => {
    for (const packed of [packer.ofProgram(outputOf('true'), signal), packer.of(inPieces(''), signal)]) {
      const bytes = await buffer(packed.content);
      expect(bytes.length).toBeGreaterThan(0);
      expect(await unpackedBy(program, bytes)).toBe('');
      expect([packed.rawBytes, packed.rawTail.length]).toEqual([0, 0]);
    }
  }, 30_000);

  it('fails with the source, and does not end what came of it well', async () => {
    const failing = async function* () {
      yield* inPieces(CONTENT);
      throw new Error('the source is gone');
    };
    await expect(drained(packer.of(failing(), signal).content)).rejects.toThrow('the source is gone');
  });

  it('stops when the signal fires, although the source is silent, and leaves no program', async () => {
    const controller = new AbortController();
    const packing = drained(
      packer.ofProgram(outputOf('echo begun; exec sleep 60.25'), controller.signal).content,
    );
    packing.catch(() => undefined);
    await until(async () => (await childrenLike('sleep\u000060.25')).length === 1);
    controller.abort(new Error('SIGTERM'));
    for (const pid of await childrenLike('sleep\u000060.25')) process.kill(pid);
    await expect(packing).rejects.toThrow('SIGTERM');
    expect(await childrenLike('gauge-program')).toEqual([]);
  }, 30_000);
});

describe('a program that packs', () => {
  const ofSeq = (packer: Packer) => drained(packer.ofProgram(outputOf(SCRIPT), signal).content);

  it('that is killed in the middle fails the part', async () => {
    const packer = await packerWith(join(sandbox, 'killed'), {
      igzip: 'head -c 100000 | gzip -c; kill -9 $$',
    });
    await expect(ofSeq(packer)).rejects.toThrow(/^igzip ended with SIGKILL/);
  });

  it('that fails is told with what it said', async () => {
    const packer = await packerWith(join(sandbox, 'failing'), {
      igzip: 'cat | gzip -c; echo no memory >&2; exit 7',
    });
    await expect(ofSeq(packer)).rejects.toThrow('igzip ended with exit code 7: no memory');
  });

  it('that packs less than it was given, and reports success, is not believed', async () => {
    const packer = await packerWith(join(sandbox, 'short'), {
      igzip: 'head -c 100000 | gzip -c; cat > /dev/null',
    });
    await expect(ofSeq(packer)).rejects.toThrow(`igzip packed other than the ${CONTENT.length} bytes`);
  });

  it('that does not run counts as none', async () => {
    await packerWith(join(sandbox, 'broken'), { igzip: 'true' });
    await writeFile(join(sandbox, 'broken/igzip'), '#!/bin/sh\nexit 127\n');
    expect((await withPath(join(sandbox, 'broken'), () => findPacker('gzip'))).codec).toBe('node');
  });

  it('fails the part, too, when what stands before it is killed and it takes that for the end', async () => {
    const packing = ofSlow(await withIgzip());
    packing.catch(() => undefined);
    await until(async () => (await childrenLike('gauge-program')).length === 1);
    for (const pid of await childrenLike('gauge-program')) process.kill(pid, 'SIGKILL');
    await expect(packing).rejects.toThrow(/counts what is packed ended with SIGKILL/);
  }, 30_000);

  const ofSlow = (packer: Packer) =>
    drained(packer.ofProgram(outputOf('echo begun; sleep 1; seq 10; sleep 5'), signal).content);

  it('is asked for by the name of its package where it must be there', async () => {
    await expect(withPath(NOWHERE, () => findPacker('zstd'))).rejects.toThrow(
      /NOCODB_BACKUP_COMPRESSION is zstd.*apt-get install zstd/,
    );
  });
});

it('packs in members without a program, which Node reads, too', async () => {
  const packer = await withoutIgzip();
  const bytes = await buffer(packer.of(inPieces(CONTENT), signal).content);
  const members = bytes.toString('latin1').split('\x1f\x8b\x08').length - 1;
  expect(members).toBeGreaterThanOrEqual(Math.ceil(CONTENT.length / 2 ** 20));
  expect(gunzipSync(bytes).toString() === CONTENT).toBe(true);
});
