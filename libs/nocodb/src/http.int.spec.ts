import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { Downloads } from './downloads.js';
import { NocoDbError } from './errors.js';
import { NocoDb } from './nocodb.js';

const token = 'ht-secret-token';
const signal = AbortSignal.timeout(60_000);
const opened: (() => unknown)[] = [];
type Reply = (request: IncomingMessage, response: ServerResponse) => void;

const serve = async (...replies: Reply[]) => {
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(request);
    const reply = replies[Math.min(seen.length, replies.length) - 1];
    reply?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};
const client = (url: string, options: { timeoutMs?: number; token?: string | undefined } = {}) => {
  const api = new NocoDb({ url, token, tries: 3, ...options });
  opened.push(() => api.close());
  return api;
};
const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const bases = json({ list: [{ id: 'p1', title: 'CRM', prefix: 'nc_', unknown: { kept: true } }] });
const failureOf = async (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as Error,
  );
const failureWith = async (...replies: Reply[]) => {
  const { url, seen } = await serve(...replies);
  const error = await failureOf(client(url, { timeoutMs: 300 }).bases(signal));
  expect(String(error.stack)).not.toContain(token);
  return { error, requests: seen.length, url };
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

describe('a request to NocoDB', () => {
  it('keeps what it does not know', async () => {
    const { url, seen } = await serve(bases);
    expect(await client(url).bases(signal)).toEqual([
      { id: 'p1', title: 'CRM', prefix: 'nc_', unknown: { kept: true } },
    ]);
    expect(seen[0]?.headers['xc-token']).toBe(token);
  });

  it('keeps the path of the address', async () => {
    const { url, seen } = await serve(bases);
    await client(`${url}/noco//`).bases(signal);
    expect(seen[0]?.url).toBe('/noco/api/v2/meta/bases');
  });

  it('D2: is a permanent failure that says what to do when the token is refused', async () => {
    const { error, requests } = await failureWith(json({ error: 'ERR_AUTHENTICATION_REQUIRED' }, 401));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(/refused the API token \(NOCODB_API_TOKEN\).*Account Settings > Tokens/);
    expect(requests).toBe(1);
  });

  it.each([undefined, '', '  '])(
    'is a permanent failure without a token (%j), and nothing is sent',
    async (none) => {
      const { url, seen } = await serve(bases);
      const error = await failureOf(client(url, { token: none }).bases(signal));
      expect(error).toBeInstanceOf(PermanentError);
      expect(error.message).toContain('set NOCODB_API_TOKEN');
      expect(seen).toEqual([]);
    },
  );

  it('never shows a token that no header can hold', async () => {
    const error = await failureOf(client('http://127.0.0.1:9', { token: 'geheim\nx' }).bases(signal));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).not.toContain('geheim');
  });

  it.each([429, 502, 503, 504])('is tried again after HTTP %i, when the server says so', async (status) => {
    const { url, seen } = await serve(json({}, status, { 'retry-after': '0' }), bases);
    expect(await client(url).bases(signal)).toHaveLength(1);
    expect(seen).toHaveLength(2);
  });

  it('is tried a bounded number of times', async () => {
    const { error, requests } = await failureWith(json({ msg: 'busy' }, 503, { 'retry-after': '0' }));
    expect(error).toMatchObject({ name: 'NocoDbError', status: 503 });
    expect(error.message).toBe('NocoDB answered HTTP 503 to GET /api/v2/meta/bases: busy');
    expect(requests).toBe(3);
  });

  it('is tried again when the answer breaks off half way', async () => {
    const half: Reply = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"list":[');
      setImmediate(() => response.destroy());
    };
    const { url, seen } = await serve(half, bases);
    expect(await client(url).bases(signal)).toHaveLength(1);
    expect(seen).toHaveLength(2);
  });

  it('does not wait for ever', async () => {
    const { error } = await failureWith(() => undefined);
    expect(error.message).toMatch(/no whole answer .* \(time limit passed\): is it running/);
  });

  it('ends at once when it is aborted', async () => {
    const { url } = await serve(() => undefined);
    const stop = new AbortController();
    const error = failureOf(client(url).bases(stop.signal));
    stop.abort(new Error('shutdown'));
    expect((await error).message).toBe('shutdown');
  });

  it('tells of an address where nobody listens', async () => {
    const error = await failureOf(client('http://127.0.0.1:9').bases(signal));
    expect(error).toBeInstanceOf(NocoDbError);
    expect(error.message).toMatch(/127.0.0.1:9 \(connection refused\).*NOCODB_API_URL/);
  });

  it('tells of an address that answers with web pages', async () => {
    const page: Reply = (_, response) => response.end('<!DOCTYPE html><html>Welcome</html>');
    const { error } = await failureWith(page);
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(/a web page and not with the API of NocoDB: check NOCODB_API_URL/);
  });

  it('D13: does not follow a redirect with the token', async () => {
    const thief = await serve(bases);
    const { error } = await failureWith(json({}, 302, { location: `${thief.url}/x?secret=1` }));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toContain(`sends /api/v2/meta/bases on to ${thief.url},`);
    expect(thief.seen).toEqual([]);
  });

  it('tells of an answer that this program does not know', async () => {
    const { error } = await failureWith(json({ bases: [] }));
    expect(error.message).toMatch(/not of the form that this program knows \(list: /);
  });

  it('keeps a column named __proto__', async () => {
    const { url } = await serve((_, response) => response.end('{"list":[{"Id":1,"__proto__":"x"}]}'));
    const { list } = await client(url).records('t', {}, signal);
    expect(JSON.stringify(list)).toBe('[{"Id":1,"__proto__":"x"}]');
  });
});

describe('a download', () => {
  const fetched = async (url: string, bytes?: number) => {
    const downloads = new Downloads({ timeoutMs: 300 });
    opened.push(() => downloads.close());
    const chunks = await Array.fromAsync(downloads.bytes(new URL(url), { bytes, signal }));
    return Buffer.concat(chunks).toString();
  };
  const text: Reply = (_, response) => response.end('hello');

  it('D13: follows redirects to other hosts, without any token', async () => {
    const store = await serve(text);
    const { url, seen } = await serve(json({}, 307, { location: `${store.url}/file` }));
    expect(await fetched(url, 5)).toBe('hello');
    expect(JSON.stringify([...seen, ...store.seen].map(({ rawHeaders }) => rawHeaders))).not.toMatch(
      /token|auth/i,
    );
  });

  it('of fewer or more bytes than NocoDB names is none', async () => {
    const { url } = await serve(text);
    await expect(fetched(url, 6)).rejects.toThrow('5 of 6 bytes came');
    await expect(fetched(url, 4)).rejects.toThrow('more than the 4 bytes');
  });

  it('tells why it failed without its address, which may be signed', async () => {
    const { url } = await serve(json({}, 404));
    const error = await failureOf(fetched(`${url}/dltemp/secret?X-Amz-Signature=1`));
    expect(error).toMatchObject({ name: 'DownloadError', transient: false });
    expect(error.message).toBe(`${new URL(url).host} answered HTTP 404`);
  });

  it('does not go round in circles, and does not wait for ever', async () => {
    const round = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(fetched(round.url)).rejects.toThrow('redirects more than 5 times');
    const silent = await serve(() => undefined);
    await expect(fetched(silent.url)).rejects.toThrow('time limit passed');
  });
});
