import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Artifact, VerificationRequested } from '@nocodb-backup/events';
import { DirectoryVault } from '@nocodb-backup/vault';
import fc from 'fast-check';
import { ID, Sandbox } from './verification.harness.js';
import { verifyBackup } from './verify-backup.js';

jest.setTimeout(60_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});

describe('a verification of a backup in which one bit is not what it was', () => {
  let sandbox: Sandbox;
  let manifest: Artifact;
  let paths: string[];
  beforeAll(async () => {
    sandbox = await Sandbox.make();
    manifest = await sandbox.seal();
    const files = await Array.fromAsync(new DirectoryVault(sandbox.root).files(ID));
    paths = files.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  });
  afterAll(() => sandbox.remove());

  const request = VerificationRequested({
    ...{ backupId: ID, n: '2026-11-22_05-15-00', kind: 'verify', sample: 'full' },
    ...{ requestedBy: 'spec', trigger: 'manual' },
  }).data;
  const findings = async () => {
    const reader = new DirectoryVault(sandbox.root);
    const { signal } = new AbortController();
    const delivery = { signal, progress: () => undefined };
    const outcome = await verifyBackup({ request, places: [{ name: 'local', reader }], manifest, delivery });
    expect(outcome.trouble).toBeUndefined();
    return outcome.findings;
  };
  /** What is found while the bit is another one; it is put back after. */
  const findingsWith = async (path: string, at: number, bit: number) => {
    const place = sandbox.place(path);
    const bytes = await readFile(place);
    const changed = Buffer.from(bytes);
    const index = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
    changed.writeUInt8(changed.readUInt8(index) ^ (1 << bit), index);
    await writeFile(place, changed);
    try {
      return await findings();
    } finally {
      await writeFile(place, bytes);
    }
  };

  it('finds nothing where all are', async () => {
    expect(paths).toContain('manifest.json');
    expect(paths.length).toBe(30);
    expect(await findings()).toEqual([]);
  });

  it('finds it in whatever file and wherever in it, the manifest and attached files included, and names the file', async () => {
    const where = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    // Its first and its last byte, too.
    const examples: [{ at: number; bit: number }][] = [[{ at: 0, bit: 0 }], [{ at: 1, bit: 7 }]];
    for (const path of paths) {
      const property = fc.asyncProperty(where, async ({ at, bit }) => {
        expect((await findingsWith(path, at, bit)).join('\n')).toContain(path);
      });
      // There are many attached files, and they are all alike.
      if (path.includes('/attachments/')) await fc.assert(property, { numRuns: 1 });
      else await fc.assert(property, { numRuns: path === 'manifest.json' ? 30 : 4, examples });
    }
  });
});
