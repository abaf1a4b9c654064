// A process of the benchmark, and what the kernel says of it.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

const guard = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'] : [];
const endMs = 20_000;
const ticksPerSecond = 100;

/** Starts a program that dies with the benchmark, even if that is killed; keeps what it says. */
export const startChild = (command, { cwd, env }) => {
  const [program, ...args] = [...guard, ...command];
  const process = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  process.stdout.on('data', (chunk) => (said.out += chunk));
  process.stderr.on('data', (chunk) => (said.err += chunk));
  const ended = once(process, 'close').then(([code]) => code);
  ended.catch(() => undefined);
  return {
    pid: process.pid,
    said,
    ended,
    isRunning: () => isRunning(process),
    end: () => end(process, ended),
  };
};

/** Waits until the process has said something on stderr; throws with the end of what it said when it ends before. */
export const saying = async (child, text, signal) => {
  while (!child.said.err.includes(text)) {
    signal.throwIfAborted();
    if (!child.isRunning())
      throw new Error(`a process ended before it said "${text}": ${child.said.err.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** The most memory that was resident at one time, in bytes, since the program was started. */
export const peakResident = (pid) => {
  const [, kilobytes = '0'] = /^VmHWM:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1024;
};

/** Seconds of CPU that the process and those of its children that ended have used so far. */
export const cpuSeconds = (pid) => {
  // The program's name, in parentheses, may hold blanks.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
};

/** The processes that the process started and that run now, with those that they started. */
export const offspring = (pid) => {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [
    { pid: child, name: read(`/proc/${child}/comm`).trim() },
    ...offspring(child),
  ]);
};

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const isRunning = ({ exitCode, signalCode }) => exitCode === null && signalCode === null;

const end = async (process, ended) => {
  if (!isRunning(process)) return;
  process.kill('SIGTERM');
  const force = setTimeout(() => process.kill('SIGKILL'), endMs);
  await ended;
  clearTimeout(force);
};
