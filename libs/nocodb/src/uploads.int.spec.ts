import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DownloadError, Downloads } from './downloads.js';
import { UncertainError } from './errors.js';
import { SourceError, type Upload, Uploads } from './uploads.js';

const signal = AbortSignal.timeout(60_000);
const opened: (() => unknown)[] = [];

interface Got {
  readonly request: IncomingMessage;
  /** Whether the request came to its end. */
  readonly isWhole: boolean;
  readonly body: string;
}
type Reply = (got: Got, response: ServerResponse) => void;

/** Answers each request once it has come, the last reply again and again. */
const serve = async (...replies: Reply[]) => {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('close', () => {
      const one = { request, isWhole: request.complete, body: Buffer.concat(chunks).toString() };
      got.push(one);
      if (one.isWhole) replies[Math.min(got.length, replies.length) - 1]?.(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const uploads = new Uploads({ url, token: 'ht-secret', tries: 3 });
  const downloads = new Downloads({ timeoutMs: 2000 });
  opened.push(
    () => uploads.close(),
    () => downloads.close(),
  );
  return { url, got, uploads, downloads };
};
const status =
  (code: number, body: unknown = {}): Reply =>
  (_, response) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const stored = status(200, [{ path: 'download/x', title: 'x', size: 5 }]);
const upload = (chunks: readonly string[], more: Partial<Upload> = {}): Upload => ({
  ...{ folder: 'noco/b/t/c', title: 'x.txt', mimetype: 'text/plain', bytes: 5 },
  open: () => Promise.resolve(Readable.from(chunks.map((chunk) => Buffer.from(chunk)))),
  ...more,
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

describe('an upload', () => {
  it('is one file of a form, with its size announced, into its folder', async () => {
    const { uploads, got } = await serve(stored);
    expect(await uploads.upload(upload(['he', 'llo']), signal)).toMatchObject({ path: 'download/x' });
    expect(got[0]?.request.url).toBe('/api/v2/storage/upload?path=noco%2Fb%2Ft%2Fc');
    expect(got[0]?.body).toMatch(
      /^--\S+\r\n.*name="file"; filename="x\.txt"\r\nContent-Type: text\/plain\r\n\r\nhello\r\n--\S+--\r\n$/,
    );
    expect(Number(got[0]?.request.headers['content-length'])).toBe(got[0]?.body.length);
  });

  it.each([
    ['fewer', ['hell']],
    ['more', ['hello!']],
  ])('of %s bytes than announced never comes to its end', async (_, chunks) => {
    const { uploads, got } = await serve(stored);
    await expect(uploads.upload(upload(chunks), signal)).rejects.toThrow(SourceError);
    expect(got.filter(({ isWhole }) => isWhole)).toEqual([]);
  });

  it('whose source fails behind its last byte never comes to its end', async () => {
    const { uploads, got } = await serve(stored);
    const source = async function* () {
      yield await Promise.resolve(Buffer.from('hello'));
      throw new Error('not what was stored');
    };
    const failing = upload([], { open: () => Promise.resolve(Readable.from(source())) });
    await expect(uploads.upload(failing, signal)).rejects.toThrow('not what was stored');
    expect(got.filter(({ isWhole }) => isWhole)).toEqual([]);
  });

  it('is read from its beginning for another try', async () => {
    const { uploads, got } = await serve(status(503), stored);
    await uploads.upload(upload(['hello']), signal);
    expect(got.map(({ body }) => body.includes('\r\n\r\nhello\r\n'))).toEqual([true, true]);
  });

  it('that is too large is not tried again', async () => {
    const { uploads, got } = await serve(status(413));
    const error: unknown = await uploads.upload(upload(['hello']), signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'NocoDbError', status: 413 });
    expect(error).not.toBeInstanceOf(UncertainError);
    expect(String(error)).not.toContain('ht-secret');
    expect(got).toHaveLength(1);
  });
});

describe('the size of a file', () => {
  it('is asked for without fetching the file', async () => {
    const { url, downloads, got } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000000' }).end();
    });
    expect(await downloads.size(new URL(url), signal)).toBe(1_000_000);
    expect(got.map(({ request }) => request.method)).toEqual(['HEAD']);
  });

  it('is asked for with GET where the address is signed for that, and the body is not read', async () => {
    let written = 0;
    const { url, downloads } = await serve(status(403), (_, response) => {
      response.writeHead(200, { 'content-length': String(1e9) });
      const chunk = Buffer.alloc(65_536);
      const write = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', write).on('error', () => undefined);
      write();
    });
    expect(await downloads.size(new URL(url), signal)).toBe(1e9);
    expect(written).toBeLessThan(50_000_000);
  });

  it('of a file that is not there is an error with the status', async () => {
    const { url, downloads, got } = await serve(status(404));
    const error: unknown = await downloads.size(new URL(url), signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({ status: 404 });
    expect(got).toHaveLength(1);
  });
});
