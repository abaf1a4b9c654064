import { setTimeout as sleep } from 'node:timers/promises';
import { PermanentError } from '@nocodb-backup/events';
import { Agent, type Dispatcher, errors, FormData, request } from 'undici';
import type { z } from 'zod';
import { below, installation, type Query } from './api-url.js';
import { answerOf, unreachable } from './answer.js';
import { AnswerTooLargeError, NocoDbError, UncertainError } from './errors.js';
import { retryDelay } from './retry-delay.js';

export interface Connection {
  /** Where NocoDB answers, such as `http://nocodb-server:8080`; a path is kept. */
  readonly url: string;
  readonly token: string | undefined;
  /** Limit of one request, in milliseconds, waiting for a free connection included. */
  readonly timeoutMs?: number;
  /** Tries of one request, the first one included. */
  readonly tries?: number;
  /** Requests to the API at one time. */
  readonly concurrency?: number;
}

export interface Get<T> {
  readonly path: string;
  readonly query?: Query;
  readonly schema: z.ZodType<T>;
}

export interface Send<T> extends Get<T> {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON, a FormData as it is. */
  readonly body?: unknown;
}

const retried: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const largestAnswer = 64 * 1024 * 1024;
const noToken =
  'no NocoDB API token: set NOCODB_API_TOKEN (create one in NocoDB under Account Settings > Tokens)';

/** Requests to one NocoDB: limited in time and number, tried again when that can help, the token sent nowhere else. */
export class Http {
  readonly base: URL;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #agent: Agent;

  constructor({ url, token, timeoutMs = 120_000, tries = 5, concurrency = 4 }: Connection) {
    this.base = installation(url);
    this.#token = token?.trim();
    this.#timeoutMs = timeoutMs;
    this.#tries = tries;
    this.#agent = new Agent({
      connections: concurrency,
      connectTimeout: 10_000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: largestAnswer,
    });
  }

  /** The parsed answer. Throws a PermanentError for a wrong token or address, else a NocoDbError with the HTTP status. */
  async get<T>({ path, query, schema }: Get<T>, signal: AbortSignal): Promise<T> {
    const url = below(this.base, path, query);
    for (let attempt = 1; ; attempt++) {
      const { status, retryAfter, failure, json } = await this.#try({ method: 'GET', url }, signal);
      if (failure === undefined) return parsed(schema, json, url);
      if ((status !== 0 && !retried.has(status)) || attempt >= this.#tries) throw failure;
      const delay = retryDelay({ attempt, retryAfter, now: Date.now(), random: Math.random() });
      await sleep(delay, undefined, { signal });
    }
  }

  /**
   * The parsed answer to a request that changes something. It is sent again only where it surely was not carried out: the
   * connection was refused, or the server said that it is too busy. Throws an UncertainError when it may have been carried
   * out although no good answer came (none at all, or HTTP 5xx): look before you repeat it.
   */
  async send<T>({ method, path, query, schema, body }: Send<T>, signal: AbortSignal): Promise<T> {
    const url = below(this.base, path, query);
    for (let attempt = 1; ; attempt++) {
      const { status, retryAfter, failure, json } = await this.#try({ method, url, body }, signal);
      if (failure === undefined) return parsed(schema, json, url);
      const untouched = status === 429 || isUnconnected(failure);
      if (!untouched) throw status === 0 || status >= 500 ? uncertain(failure, status) : failure;
      if (attempt >= this.#tries) throw failure;
      const delay = retryDelay({ attempt, retryAfter, now: Date.now(), random: Math.random() });
      await sleep(delay, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #try({ method, url, body }: Request, signal: AbortSignal) {
    const { headers, ...payload } = payloadOf(body);
    const own = { 'xc-token': this.#checkedToken(), accept: 'application/json', ...headers };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    const asked = `${method} ${url.pathname}`;
    try {
      const options = { method, dispatcher: this.#agent, headers: own, signal: limit, ...payload };
      const response = await request(url, options);
      return answerOf({ url, asked }, { ...head(response), text: await response.body.text() });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof errors.ResponseExceededMaxSizeError) {
        throw new AnswerTooLargeError(`NocoDB's answer to ${url.pathname} is larger than 64 MiB`);
      }
      return {
        status: 0,
        retryAfter: undefined,
        failure: unreachable({ url, asked }, error),
        json: undefined,
      };
    }
  }

  #checkedToken(): string {
    if (this.#token === undefined || this.#token === '') throw new PermanentError(noToken);
    if (/^[\x21-\x7e]+$/.test(this.#token)) return this.#token;
    throw new PermanentError(
      'NOCODB_API_TOKEN holds blanks or characters that no token has: copy it again from NocoDB',
    );
  }
}

interface Request {
  readonly method: 'GET' | Send<unknown>['method'];
  readonly url: URL;
  readonly body?: unknown;
}

const payloadOf = (body: unknown): { headers: Record<string, string>; body?: string | FormData } => {
  if (body === undefined) return { headers: {} };
  if (body instanceof FormData) return { headers: {}, body };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
};

const unconnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const isUnconnected = ({ cause }: Error): boolean =>
  unconnected.has((Object(cause) as { code?: unknown }).code);

const uncertain = (failure: Error, status: number): Error =>
  failure instanceof NocoDbError ? new UncertainError(failure.message, status, { cause: failure }) : failure;

const head = ({ statusCode, headers }: Dispatcher.ResponseData) => ({
  status: statusCode,
  retryAfter: headers['retry-after']?.toString(),
  location: headers.location?.toString(),
});

const parsed = <T>(schema: z.ZodType<T>, json: unknown, url: URL): T => {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new NocoDbError(
    `NocoDB's answer to ${url.pathname} is not of the form that this program knows (${where.slice(0, 3).join('; ')}): ` +
      'this version of NocoDB may be too old or too new',
    200,
  );
};
