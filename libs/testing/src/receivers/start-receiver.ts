import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How a receiver answers; `hang`: never. */
export type Reply =
  'hang' | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** An HTTP server that takes messages. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The answers to the next requests, in order; after them 200. */
  readonly replies: Reply[];
  stop(): Promise<void>;
}

/** Starts a server on a free port that keeps what it is sent, and answers as it is told. */
export const startReceiver = async (): Promise<Receiver> => {
  const received: Received[] = [];
  const replies: Reply[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, replies.shift() ?? { status: 200, body: 'ok' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails before it stops the server must not keep jest alive.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    replies,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const answer = (response: ServerResponse, reply: Reply): void => {
  if (reply === 'hang') return;
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
};
