import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PermanentError } from '@nocodb-backup/events';

/** `exit code 0`, another code, or the signal that killed it. Rejects with PermanentError when it cannot be started. */
export const closeOf = (child: ChildProcess): Promise<string> => {
  const closed = once(child, 'close').then(
    ([code, signal]: unknown[]) => (typeof code === 'number' ? `exit code ${code}` : String(signal)),
    (error: unknown) => {
      throw new PermanentError(`${child.spawnfile} cannot be started: ${String(error)}`, { cause: error });
    },
  );
  closed.catch(() => undefined);
  return closed;
};

interface Limits {
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Kills the program when time is up or the given signal fires; `signal` fires with both, `throwIfStopped` tells which, `tooLong` is the sentence for the first. */
export const stopper = (child: ChildProcess, { timeoutSeconds, signal }: Limits) => {
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  const kill = () => child.kill('SIGKILL');
  limit.addEventListener('abort', kill);
  signal?.addEventListener('abort', kill);
  return {
    signal: signal ? AbortSignal.any([limit, signal]) : limit,
    throwIfStopped: (tooLong: () => Error) => {
      signal?.throwIfAborted();
      if (limit.aborted) throw tooLong();
    },
    [Symbol.dispose]: () => {
      limit.removeEventListener('abort', kill);
      signal?.removeEventListener('abort', kill);
    },
  };
};
