import { setTimeout as sleep } from 'node:timers/promises';
import { PermanentError } from '@nocodb-backup/events';
import { NocoDbError, UncertainError } from '@nocodb-backup/nocodb';
import type { Tools } from './tools.js';

export interface Attempt<T> {
  /** Looks whether it is there, made by an earlier request whose answer was lost. */
  readonly find: () => Promise<T | undefined>;
  readonly make: () => Promise<T>;
}

type Waiting = Pick<Tools, 'signal' | 'patienceMs'>;

/** What came of it: the thing, or the reason for which NocoDB does not take it. */
export type Attempted<T> = { readonly made: T } | { readonly refused: string };

const tries = 3;

/**
 * Makes something once: where nobody knows whether NocoDB has carried out a request, it is looked for before it is asked for
 * again. Throws only what another attempt of the restore may help with, and what concerns all that it does.
 */
export const attempted = async <T>(
  { signal, patienceMs }: Waiting,
  attempt: Attempt<T>,
): Promise<Attempted<T>> => {
  for (let count = 1; ; count++) {
    try {
      return { made: await attempt.make() };
    } catch (error) {
      if (!(error instanceof NocoDbError)) throw error;
      if (error.status === 403) throw new PermanentError(error.message, { cause: error });
      if (isUncertain(error)) await sleep(patienceMs * count, undefined, { signal });
      // Also what is refused may be there: a request of an attempt that was killed was still under way.
      const found = await attempt.find();
      if (found !== undefined) return { made: found };
      if (!isUncertain(error)) return { refused: error.message };
      if (count < tries) continue;
      // Only 500 is NocoDB's own word; the others say that it, or what is in front of it, is not well.
      if (error.status !== 500) throw error;
      return { refused: error.message };
    }
  }
};

/** Also an answer that says that all is well and cannot be read. */
const isUncertain = (error: NocoDbError): boolean => error instanceof UncertainError || error.status === 200;

/** The same for a change that may be made twice without harm. */
export const changed = async (waiting: Waiting, make: () => Promise<unknown>): Promise<Attempted<true>> => {
  const change = async () => {
    await make();
    return true as const;
  };
  return attempted(waiting, { make: change, find: () => Promise.resolve(undefined) });
};
