import { Agent, request } from 'undici';
import { reasonOf } from './answer.js';
import { isLinkLocal, lookupOutside } from './link-local.js';

/** Thrown when a file cannot be had: its message is the reason, without an address, which may be signed. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether another try may help. */
  readonly transient: boolean;

  constructor(message: string, transient: boolean, options?: ErrorOptions) {
    super(message, options);
    this.transient = transient;
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
      const body = await this.#body(url, wanted.signal);
      yield* counted(body as AsyncIterable<Uint8Array>, wanted.bytes);
    } catch (error) {
      wanted.signal.throwIfAborted();
      if (error instanceof DownloadError) throw error;
      throw new DownloadError(`${url.host}: ${reasonOf(error)}`, true, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #body(from: URL, signal: AbortSignal) {
    let url = from;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      if (isLinkLocal(url.hostname))
        throw new DownloadError(`${url.host} is a link-local address: not asked`, false);
      const { statusCode, headers, body } = await request(url, { dispatcher: this.#agent, signal });
      if (statusCode === 200) return body;
      await body.dump();
      const location = headers.location?.toString() ?? '';
      if (!redirects.has(statusCode) || !URL.canParse(location, url.href)) throw refused(url, statusCode);
      url = new URL(location, url);
    }
    throw new DownloadError(`${from.host} redirects more than ${mostRedirects} times`, false);
  }
}

const refused = (url: URL, status: number): DownloadError =>
  new DownloadError(`${url.host} answered HTTP ${status}`, status === 429 || status >= 500);

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
