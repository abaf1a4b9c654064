import { PermanentError } from '@nocodb-backup/events';
import { version } from '@nocodb-backup/service';
import { RateLimitedError } from './channel.js';
import { redacted } from './redacted.js';

/** One request to a place that tells people. */
export interface Post {
  /** The variable that names the address; the address itself is a secret. */
  readonly variable: string;
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More that no error may tell. */
  readonly secrets?: readonly (string | undefined)[];
  /** How long the other side may take. Default 30 s. */
  readonly timeoutMs?: number;
}

const bodyAtMost = 2000;

/** Posts once; resolves to the beginning of the answer. Follows no redirect: it could carry the secrets to anybody. */
export const post = async (request: Post, signal: AbortSignal): Promise<string> => {
  const response = await sent(request, signal);
  const answer = await beginningOf(response);
  if (response.ok) return answer;
  throw refusal(request, response, answer);
};

const sent = async (request: Post, signal: AbortSignal): Promise<Response> => {
  const { url, body, headers, timeoutMs = 30_000 } = request;
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': `nocodb-backup/${version}`, ...headers },
      body,
      signal: AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const problem = limit.aborted ? `no answer within ${timeoutMs / 1000} s` : problemOf(error);
    throw new Error(told(request, `could not be reached: ${problem}`));
  }
};

const problemOf = (error: unknown): string => {
  const { message, cause } = error as { message: string; cause?: { message?: string; code?: string } };
  const detail = [cause?.message, cause?.code].find((text) => text !== undefined && text !== '');
  return detail ?? message;
};

/** An answer that never ends is cut off; what cannot be read is not worth a second message to people. */
const beginningOf = async (response: Response): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length >= bodyAtMost) break;
    }
  } catch {
    return text;
  }
  return text.slice(0, bodyAtMost);
};

const refusal = (request: Post, response: Response, answer: string): Error => {
  const { status } = response;
  const said = answer.trim() === '' ? '' : `: ${answer.slice(0, 300)}`;
  if (status === 429)
    return new RateLimitedError(
      told(request, `answered HTTP 429, too many messages${said}`),
      retryAfterMs(response.headers.get('retry-after')),
    );
  if (status >= 300 && status < 400)
    return new PermanentError(
      told(
        request,
        `answered HTTP ${status}, a redirect, which is not followed because the address is a secret: set the final address`,
      ),
    );
  const problem = told(request, `answered HTTP ${status}${said}`);
  return isFinal(status) ? new PermanentError(problem) : new Error(problem);
};

/** Asking again as before cannot help, unless it says that it may. */
const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 421, 425].includes(status);

const told = ({ variable, url, secrets = [] }: Post, text: string): string =>
  redacted(`the address in ${variable} ${text}`, [url, ...secrets]);

const longest = 6 * 3600_000;

/** Seconds, or a date; a second where it does not say. */
export const retryAfterMs = (header: string | null, now = Date.now()): number => {
  const seconds = Number(header ?? '1');
  const wait = Number.isNaN(seconds) ? Date.parse(header ?? '') - now : seconds * 1000;
  return Number.isNaN(wait) ? 1000 : Math.min(Math.max(wait, 0), longest);
};
