import { setTimeout as sleep } from 'node:timers/promises';
import { NocoDbError } from '@nocodb-backup/nocodb';

export interface RefusedItem<T> {
  readonly item: T;
  readonly error: NocoDbError;
}

const tries = 3;
const pauseMs = 1000;
const passing =
  /no space left|too many (clients|connections)|shutting down|deadlock|could not serialize|out of memory/i;

/** No answer, a server behind a proxy that is away, or a database in trouble: none of it is about what was sent. */
export const mayPass = ({ status, message }: NocoDbError): boolean =>
  [0, 502, 503, 504].includes(status) || passing.test(message);

/** Throws when the server failed at all of several things: then it is the server that ails, and not each of them. */
export const throwIfAiling = (refused: readonly { readonly error: NocoDbError }[], sent: number): void => {
  const [first] = refused;
  if (first === undefined || refused.length < Math.max(2, sent)) return;
  if (refused.every(({ error }) => error.status >= 500)) throw first.error;
};

/** How many records NocoDB says that it takes at once; undefined when the refusal is about something else. */
export const recordsAtOnce = ({ status, message }: NocoDbError, sent: number): number | undefined => {
  if (status !== 422 && status !== 400) return undefined;
  const said = /maximum (\d+) (entities|records|rows)/i.exec(message)?.[1];
  const most = Number(said ?? 0);
  return most >= 1 && most < sent ? most : undefined;
};

interface Sending<T> {
  /** Must do no harm when it is repeated. */
  send(items: readonly T[]): Promise<void>;
  readonly signal: AbortSignal;
}

/** Sends the items, and narrows a refusal down to those that cause it, which are answered. Throws when no answer tells. */
export const narrowed = async <T>(
  items: readonly T[],
  sending: Sending<T>,
): Promise<readonly RefusedItem<T>[]> => {
  const refused = await halved(items, sending, 1);
  throwIfAiling(refused, items.length);
  return refused;
};

const halved = async <T>(
  items: readonly T[],
  sending: Sending<T>,
  attempt: number,
): Promise<readonly RefusedItem<T>[]> => {
  const [first] = items;
  if (first === undefined) return [];
  try {
    await sending.send(items);
    return [];
  } catch (error) {
    if (!(error instanceof NocoDbError)) throw error;
    if (mayPass(error)) {
      if (attempt >= tries) throw error;
      await sleep(pauseMs * attempt, undefined, { signal: sending.signal });
      return halved(items, sending, attempt + 1);
    }
    if (items.length === 1) return [{ item: first, error }];
    const middle = Math.ceil(items.length / 2);
    const left = await halved(items.slice(0, middle), sending, 1);
    return [...left, ...(await halved(items.slice(middle), sending, 1))];
  }
};
