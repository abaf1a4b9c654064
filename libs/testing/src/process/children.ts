import { readFileSync } from 'node:fs';
import { poll } from './poll.js';

/** The processes that a process has started; none where the system does not say (only Linux does). */
export const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

/** Kills processes and waits until they are gone. */
export const killAll = async (pids: readonly number[]) => {
  for (const pid of pids) isSent(pid, 'SIGKILL');
  await poll(() => Promise.resolve(!pids.some((pid) => isSent(pid, 0))), AbortSignal.timeout(10_000));
};

const isSent = (pid: number, signal: NodeJS.Signals | 0) => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};
