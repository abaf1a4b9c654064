import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { answerOf, unreachable } from './answer.js';
import { below, installation } from './api-url.js';
import { NocoDbError } from './errors.js';
import type { Connection } from './http.js';
import { retryDelay } from './retry-delay.js';
import { Attachment } from './schemas.js';
import { uploadName } from './upload-name.js';

/** A file for NocoDB's store. */
export interface Upload {
  /** The folder in the store: `noco/<base id>/<table id>/<column id>`. */
  readonly folder: string;
  /** What people call it; NocoDB stores it under a name made of this. */
  readonly title: string;
  readonly mimetype: string | null;
  readonly bytes: number;
  /** Its bytes, from the first one; called once for each try. */
  open(): Promise<Readable>;
}

/** Thrown when a file could not be read, or had not as many bytes as announced: NocoDB has stored nothing. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

const retried: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
/** A connection slower than this is given up. */
const bytesPerSecond = 50_000;
const Uploaded = z.array(Attachment).length(1);

/** Sends files into NocoDB's store, from a stream; no record knows them yet. `close()` it. */
export class Uploads {
  readonly #base: URL;
  readonly #token: string;
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #agent: Agent;

  constructor({ url, token, timeoutMs = 120_000, tries = 5, concurrency = 4 }: Connection) {
    this.#base = installation(url);
    this.#token = token?.trim() ?? '';
    this.#timeoutMs = timeoutMs;
    this.#tries = tries;
    this.#agent = new Agent({
      connections: concurrency,
      connectTimeout: 10_000,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: 1024 * 1024,
    });
  }

  /**
   * What a cell needs to name the file. Tried again when that can help: the worst that follows is a file that nobody names.
   * Throws a NocoDbError with the HTTP status (413: larger than NocoDB or a proxy takes), or a SourceError.
   */
  async upload(file: Upload, signal: AbortSignal): Promise<Attachment> {
    for (let attempt = 1; ; attempt++) {
      const { status, retryAfter, failure, json } = await this.#try(file, signal);
      if (failure === undefined) return storedFile(json);
      if (!retried.has(status) || attempt >= this.#tries) throw failure;
      const delay = retryDelay({ attempt, retryAfter, now: Date.now(), random: Math.random() });
      await sleep(delay, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #try(file: Upload, signal: AbortSignal) {
    const url = below(this.#base, 'api/v2/storage/upload', { path: file.folder });
    const at = { url, asked: `POST ${url.pathname}` };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs + slowest(file))]);
    const form = formOf(file, this.#token);
    try {
      const options = { method: 'POST' as const, dispatcher: this.#agent, signal: limit };
      const { statusCode, headers, body } = await request(url, { ...options, ...form.payload });
      const head = {
        retryAfter: headers['retry-after']?.toString(),
        location: headers.location?.toString(),
      };
      return answerOf(at, { status: statusCode, ...head, text: await body.text() });
    } catch (error) {
      signal.throwIfAborted();
      const failure = form.failure();
      if (failure !== undefined) throw failure;
      return { status: 0, retryAfter: undefined, failure: unreachable(at, error), json: undefined };
    }
  }
}

const slowest = ({ bytes }: Upload): number => Math.ceil(bytes / bytesPerSecond) * 1000;

const formOf = (file: Upload, token: string) => {
  const boundary = `----${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${uploadName(file.title)}"\r\n` +
      `Content-Type: ${mediaType(file.mimetype)}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const source = watched(file);
  const headers = {
    'xc-token': token,
    accept: 'application/json',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': String(head.length + file.bytes + tail.length),
  };
  const body = async function* () {
    yield head;
    yield* source.bytes;
    yield tail;
  };
  return {
    payload: { headers, body: Readable.from(body(), { objectMode: false }) },
    failure: source.failure,
  };
};

/** Anything else than a plain type could end the header. */
const mediaType = (mimetype: string | null): string =>
  mimetype !== null && /^[\w.+-]+\/[\w.+-]+$/.test(mimetype) ? mimetype : 'application/octet-stream';

/** The end of the form is sent only when all bytes came and were as many as announced: else NocoDB stores nothing. */
const watched = (file: Upload) => {
  let failure: Error | undefined;
  const bytes = async function* () {
    try {
      yield* exactly(await file.open(), file.bytes);
    } catch (error) {
      failure = new SourceError(`"${file.title}" cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
      throw failure;
    }
  };
  return { bytes: bytes(), failure: () => failure };
};

async function* exactly(source: Readable, expected: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > expected) throw new Error(`it has more than ${expected} bytes`);
    yield chunk;
  }
  if (bytes < expected) throw new Error(`it has ${bytes} bytes and not ${expected}`);
}

const storedFile = (json: unknown): Attachment => {
  const { data } = Uploaded.safeParse(json);
  if (data?.[0] !== undefined) return data[0];
  throw new NocoDbError('NocoDB did not say where it stored an uploaded file', 200);
};
