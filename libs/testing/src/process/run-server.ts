import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, killAll } from './children.js';
import { logTail } from './log-tail.js';
import { poll } from './poll.js';
import { programPath } from './program-path.js';

/** A server program: how to start it, and how to see that it answers. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Output is appended here; its tail is part of the error when the server does not come up. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether the server answers, and is the one that was started. */
  readonly ready: (signal: AbortSignal) => Promise<boolean>;
  readonly startTimeoutMs?: number;
  readonly stopSignal?: NodeJS.Signals;
  /** Clears away what the server leaves behind, after `stop()` and when it did not come up. */
  readonly afterStop?: () => Promise<void>;
}

/** A server that runs as a child process, and can be killed and started again as often as a test likes. */
export interface RunningServer {
  /** The process id, another one after `restart()`. */
  readonly pid: number;
  /**
   * Sends a signal and, unless it is SIGSTOP or SIGCONT, waits until the process is gone. SIGKILL, the default, takes the server's own
   * children along, as a machine that loses its power does.
   */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Ends the server in good order; kills it when it takes longer than ten seconds. */
  readonly stop: () => Promise<void>;
  /** Starts the server again as it was started before, ending it first if it still runs. */
  readonly restart: () => Promise<void>;
}

const stopTimeoutMs = 10_000;

/** Starts a server and waits until it answers; throws with the tail of its log when it ends or says nothing in time. */
export const runServer = async (program: Program, signal?: AbortSignal): Promise<RunningServer> => {
  let child = await start(program, signal).catch(async (error: unknown) => {
    await program.afterStop?.();
    throw error;
  });
  const stop = () => end(child, program.stopSignal ?? 'SIGTERM');
  return {
    get pid() {
      return child.pid ?? 0;
    },
    kill: (name = 'SIGKILL') => kill(child, name),
    async stop() {
      await stop();
      await program.afterStop?.();
    },
    async restart() {
      await stop();
      child = await start(program);
    },
  };
};

const kill = async (child: ChildProcess, signal: NodeJS.Signals) => {
  if (hasEnded(child)) return;
  const offspring = signal === 'SIGKILL' && child.pid !== undefined ? childrenOf(child.pid) : [];
  child.kill(signal);
  if (signal === 'SIGSTOP' || signal === 'SIGCONT') return;
  await ended(child);
  await killAll(offspring);
};

const start = async (program: Program, outer?: AbortSignal) => {
  const child = spawnServer(program);
  const spawned = await Promise.race([once(child, 'spawn'), once(child, 'error')]);
  if (spawned[0] instanceof Error) throw spawned[0];
  const limit = AbortSignal.timeout(program.startTimeoutMs ?? 15_000);
  try {
    await answer(program, child, outer ? AbortSignal.any([limit, outer]) : limit);
    return child;
  } catch (error) {
    await end(child, 'SIGKILL');
    outer?.throwIfAborted();
    throw new Error(await failure(program, limit.aborted ? 'did not answer in time' : String(error)), {
      cause: error,
    });
  }
};

const answer = (program: Program, child: ChildProcess, signal: AbortSignal) =>
  poll(async () => {
    const isReady = !hasEnded(child) && (await program.ready(signal));
    if (hasEnded(child))
      throw new Error(`it ended with ${child.signalCode ?? `exit code ${child.exitCode ?? '?'}`}`);
    return isReady;
  }, signal);

const failure = async ({ name, logFile }: Program, problem: string) =>
  `cannot start ${name}: ${problem}. The end of its log (${logFile}):\n${(await logTail(logFile)) || '(empty)'}`;

const spawnServer = ({ command, args, logFile, cwd, env, user }: Program): ChildProcess => {
  const log = openSync(logFile, 'a');
  try {
    const [program = command, ...rest] = [...dyingWithParent(), command, ...args];
    return spawn(program, rest, { cwd, env: env ?? process.env, ...user, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
};

/** Where the kernel offers it, a server ends with the test that started it, even if that test is killed. */
const dyingWithParent = () => {
  const setpriv = process.platform === 'linux' ? programPath('setpriv') : undefined;
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : [];
};

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const ended = async (child: ChildProcess) => {
  if (!hasEnded(child)) await once(child, 'exit');
};

const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
  if (hasEnded(child)) return;
  child.kill('SIGCONT');
  child.kill(signal);
  const patience = new AbortController();
  const late = sleep(stopTimeoutMs, 'late', { signal: patience.signal }).catch(() => 'cancelled');
  const outcome = await Promise.race([ended(child), late]);
  patience.abort();
  if (outcome !== 'late') return;
  child.kill('SIGKILL');
  await ended(child);
};
