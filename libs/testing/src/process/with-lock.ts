import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { poll } from './poll.js';

/**
 * Does something that no other process on this machine does at the same time. The lock file names its holder; the lock of a process
 * that no longer runs is taken away.
 */
export const withLock = async <T>(lockFile: string, signal: AbortSignal, work: () => Promise<T>) => {
  await poll(() => isTaken(lockFile), signal, 250);
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
};

const isTaken = async (lockFile: string) => {
  try {
    await writeFile(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    await removeIfStale(lockFile);
    return false;
  }
};

const removeIfStale = async (lockFile: string) => {
  const holder = Number(await readFile(lockFile, 'utf8').catch(() => '0'));
  if (holder === 0 || isRunning(holder)) return;
  const aside = `${lockFile}.${process.pid}`;
  await rename(lockFile, aside).catch(() => undefined);
  await rm(aside, { force: true });
};

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
};

// Not `instanceof Error`: under jest the errors of Node.js are of another realm than the tests.
const isCode = (error: unknown, code: string) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
