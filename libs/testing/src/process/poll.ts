import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again every few milliseconds until the answer is no longer `undefined` or `false`; throws the signal's reason when it is aborted. */
export const poll = async <T>(
  ask: () => Promise<T | undefined | false>,
  signal: AbortSignal,
  everyMs = 25,
) => {
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
};
