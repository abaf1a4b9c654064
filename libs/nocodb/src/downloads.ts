import { Agent, request } from 'undici';
import { reasonOf } from './answer.js';
import { isLinkLocal, lookupOutside } from './link-local.js';

/** Thrown when a file cannot be had: its message is the reason, without an address, which may be signed. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether another try may help. */
  readonly transient: boolean;
  /** What the server answered; undefined when it was not asked, or gave no whole answer. */
  readonly status: number | undefined;

  constructor(message: string, transient: boolean, options?: ErrorOptions & { readonly status?: number }) {
    super(message, options);
    this.transient = transient;
    this.status = options?.status;
  }
}

export interface Wanted {
  /** Bytes that the file must have; undefined when nobody knows. */
  readonly bytes: number | undefined;
  readonly signal: AbortSignal;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;
const largestUnknown = 1024 ** 3;

/** Fetches files by their address. It has no token, so it can give none away. `close()` it. */
export class Downloads {
  readonly #agent: Agent;

  constructor({ concurrency = 8, timeoutMs = 30_000 }: { concurrency?: number; timeoutMs?: number } = {}) {
    this.#agent = new Agent({
      connections: concurrency,
      connectTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { lookup: lookupOutside },
    });
  }

  /** The bytes of the file. Throws a DownloadError when they cannot be had, or are not as many as wanted. */
  async *bytes(url: URL, wanted: Wanted): AsyncGenerator<Uint8Array> {
    try {
      const { body } = await this.#answer(url, 'GET', wanted.signal);
      yield* counted(body as AsyncIterable<Uint8Array>, wanted.bytes);
    } catch (error) {
      wanted.signal.throwIfAborted();
      throw downloadError(url, error);
    }
  }

  /**
   * How many bytes the file has, undefined when the server does not say; the bytes themselves are not fetched. Throws a
   * DownloadError when it cannot be had.
   */
  async size(url: URL, signal: AbortSignal): Promise<number | undefined> {
    try {
      const { headers, body } = await this.#headers(url, signal);
      // Ends the connection where the body is large.
      await body.dump();
      const length = headers['content-length'];
      return typeof length === 'string' ? Number(length) : undefined;
    } catch (error) {
      signal.throwIfAborted();
      throw downloadError(url, error);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** An address that a store has signed is good for the one method that it was signed for. */
  async #headers(url: URL, signal: AbortSignal) {
    try {
      return await this.#answer(url, 'HEAD', signal);
    } catch (error) {
      if (!(error instanceof DownloadError) || error.status === undefined || error.status === 404)
        throw error;
      return this.#answer(url, 'GET', signal);
    }
  }

  async #answer(from: URL, method: 'GET' | 'HEAD', signal: AbortSignal) {
    let url = from;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      if (isLinkLocal(url.hostname))
        throw new DownloadError(`${url.host} is a link-local address: not asked`, false);
      const { statusCode, headers, body } = await request(url, { method, dispatcher: this.#agent, signal });
      if (statusCode === 200) return { headers, body };
      await body.dump();
      const location = headers.location?.toString() ?? '';
      if (!redirects.has(statusCode) || !URL.canParse(location, url.href)) throw refused(url, statusCode);
      url = new URL(location, url);
    }
    throw new DownloadError(`${from.host} redirects more than ${mostRedirects} times`, false);
  }
}

const refused = (url: URL, status: number): DownloadError =>
  new DownloadError(`${url.host} answered HTTP ${status}`, status === 429 || status >= 500, { status });

const downloadError = (url: URL, error: unknown): DownloadError =>
  error instanceof DownloadError
    ? error
    : new DownloadError(`${url.host}: ${reasonOf(error)}`, true, { cause: error });

async function* counted(body: AsyncIterable<Uint8Array>, expected: number | undefined) {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > (expected ?? largestUnknown)) throw tooLarge(expected);
    yield chunk;
  }
  if (expected !== undefined && bytes < expected) {
    throw new DownloadError(`${bytes} of ${expected} bytes came`, true);
  }
}

const tooLarge = (expected: number | undefined): DownloadError =>
  new DownloadError(
    expected === undefined ? 'larger than 1 GiB' : `more than the ${expected} bytes that NocoDB names`,
    false,
  );
