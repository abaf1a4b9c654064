import { NocoDb } from '@nocodb-backup/nocodb';
import { codeOf } from './code-of.js';

const LIMIT_MS = 15_000;

/** Nobody listens there, or the name is no host's now: a container that is stopped. */
const STOPPED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** Whether something answers at NocoDB's address, or may be there and does not; asked without the token. */
export const isRunning = async (url: string, signal: AbortSignal): Promise<boolean> => {
  const api = new NocoDb({ url, token: 'none', tries: 1, timeoutMs: LIMIT_MS });
  try {
    await api.health(signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    return !STOPPED.includes(codeOf((error as Error).cause));
  } finally {
    await api.close();
  }
};
