import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What to do with a request: hand it on, keep it until `release()`, or answer it here. */
export type Treatment =
  | undefined
  | 'hold'
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** In front of a NocoDB: hands requests on as the test likes, and remembers them. */
export interface Front {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Requests that wait now. */
  readonly held: readonly string[];
  readonly treat: (treatment: (path: string, method: string) => Treatment) => void;
  /** Hands on all that waits and all that comes. */
  readonly release: () => void;
  readonly stop: () => Promise<void>;
}

export const startFront = async (target?: string): Promise<Front> => {
  let treatment: (path: string, method: string) => Treatment = () => undefined;
  const seen: Seen[] = [];
  const held = new Map<string, () => void>();
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '/';
    const { headers, method = 'GET' } = incoming;
    seen.push({ method, path, headers });
    const pass = () => {
      if (target === undefined) response.writeHead(404).end();
      else handOn(new URL(path, target), incoming, response);
    };
    const decided = treatment(path, method);
    if (decided === undefined) pass();
    else if (decided === 'hold') {
      const key = `${seen.length} ${path}`;
      held.set(key, pass);
      response.on('close', () => held.delete(key));
    } else response.writeHead(decided.status, decided.headers).end(decided.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get held() {
      return [...held.keys()];
    },
    treat: (wanted) => (treatment = wanted),
    release: () => {
      treatment = () => undefined;
      for (const pass of held.values()) pass();
      held.clear();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const handOn = (url: URL, incoming: IncomingMessage, response: ServerResponse) => {
  const { method, headers } = incoming;
  const outgoing = request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
};
