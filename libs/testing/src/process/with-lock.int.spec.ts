import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from './with-lock.js';

describe('a lock between processes', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nocodb-backup-lock-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('lets one after the other in', async () => {
    const lock = join(dir, 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lock, AbortSignal.timeout(10_000), work)));

    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over from a process that was killed while it held the lock', async () => {
    const lock = join(dir, 'lock');
    const { stdout: goneProcess } = await execa('sh', ['-c', 'echo $$']);
    await writeFile(lock, goneProcess);

    await expect(withLock(lock, AbortSignal.timeout(10_000), () => Promise.resolve('in'))).resolves.toBe(
      'in',
    );
  });

  it('gives up when it is told to, and leaves the lock to its holder', async () => {
    const lock = join(dir, 'lock');
    await writeFile(lock, String(process.pid));

    await expect(withLock(lock, AbortSignal.timeout(100), () => Promise.resolve())).rejects.toThrow(
      /timeout/,
    );
    expect(existsSync(lock)).toBe(true);
  });
});
