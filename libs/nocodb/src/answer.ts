import { PermanentError } from '@nocodb-backup/events';
import { NocoDbError } from './errors.js';

/** What was asked, for messages: `GET /api/v1/health`. */
export interface Asked {
  readonly url: URL;
  readonly asked: string;
}

interface Raw {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly text: string;
}

/** What one try gave: the JSON, or why there is none. `status` 0 = no whole answer. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly failure: Error | undefined;
  readonly json: unknown;
}

/** Judges a whole answer. Its messages name the endpoint and never the token or the query. */
export const answerOf = (asked: Asked, raw: Raw): Answer => {
  const { status, retryAfter } = raw;
  if (status >= 300) return { status, retryAfter, failure: refusal(asked, raw), json: undefined };
  try {
    return { status, retryAfter, failure: undefined, json: JSON.parse(raw.text) as unknown };
  } catch (cause) {
    return { status, retryAfter, failure: noJson(asked, raw.text, cause), json: undefined };
  }
};

const refusal = ({ url, asked }: Asked, raw: Raw): Error => {
  if (raw.status < 400) return redirected(url, raw.location);
  if (raw.status === 401) {
    return new PermanentError(
      `NocoDB refused the API token (NOCODB_API_TOKEN) at ${asked}: create one in NocoDB under ` +
        'Account Settings > Tokens and set it',
    );
  }
  if (raw.status === 403) {
    return new NocoDbError(
      `the user of the API token may not ask NocoDB for ${asked} (HTTP 403): use a token of an owner or creator`,
      403,
    );
  }
  return new NocoDbError(`NocoDB answered HTTP ${raw.status} to ${asked}: ${said(raw.text)}`, raw.status);
};

const redirected = (url: URL, location = ''): Error => {
  const to = URL.canParse(location, url.href) ? new URL(location, url).origin : 'another address';
  return new PermanentError(
    `${url.origin} sends ${url.pathname} on to ${to}, and the API token is not sent there: ` +
      'set NOCODB_API_URL to the address where NocoDB itself answers',
  );
};

const noJson = ({ url, asked }: Asked, text: string, cause: unknown): Error => {
  if (!/^\s*</.test(text)) {
    return new NocoDbError(`NocoDB's answer to ${asked} is no JSON`, 0, { cause });
  }
  return new PermanentError(
    `${url.origin} answers ${asked} with a web page and not with the API of NocoDB: ` +
      'check NOCODB_API_URL (scheme, host, port, path)',
    { cause },
  );
};

/** What NocoDB says in any of its ways to say it, on one line and short. */
const said = (text: string): string => {
  const body = json(text);
  const words = [body.message, body.msg, body.error].find((value) => typeof value === 'string');
  return (words ?? (text.startsWith('<') ? 'a web page' : text)).replace(/\s+/g, ' ').slice(0, 300);
};

const json = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** The sentence for a request that got no whole answer. */
export const unreachable = ({ url, asked }: Asked, cause: unknown): Error =>
  new NocoDbError(
    `NocoDB gave no whole answer to ${asked} at ${url.origin} (${reasonOf(cause)}): ` +
      'is it running, and is NOCODB_API_URL right?',
    0,
    { cause },
  );

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be resolved now',
  ECONNRESET: 'connection lost',
  UND_ERR_SOCKET: 'connection lost',
  UND_ERR_CONNECT_TIMEOUT: 'time limit passed',
  UND_ERR_HEADERS_TIMEOUT: 'time limit passed',
  UND_ERR_BODY_TIMEOUT: 'time limit passed',
};

/** Why a connection failed, in words of people, without addresses. */
export const reasonOf = (cause: unknown): string => {
  const { name, code } = Object(cause) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'time limit passed';
  const key = typeof code === 'string' ? code : name;
  return typeof key === 'string' ? (reasons[key] ?? key) : 'unknown reason';
};
