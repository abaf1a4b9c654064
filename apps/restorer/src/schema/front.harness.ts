import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a request that changes something. `lost`: carried out, and the answer never comes. */
export type Fate = 'pass' | 'lost' | 'lost with 502' | 'refused with 500';

/** In front of a NocoDB: loses answers as the test likes. */
export interface Front {
  readonly url: string;
  /** Asked for each request that changes something; counted from 1. */
  fate: (count: number) => Fate;
  readonly writes: number;
  close(): void;
}

export const startFront = async (target: string): Promise<Front> => {
  const state = { fate: (() => 'pass') as Front['fate'], writes: 0 };
  const server = createServer((incoming, outgoing) => {
    const fate = incoming.method === 'GET' ? 'pass' : state.fate(++state.writes);
    if (fate === 'refused with 500') outgoing.writeHead(500).end('{"msg":"broken"}');
    else hand(new URL(incoming.url ?? '/', target), incoming, outgoing, fate);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
};

const hand = (url: URL, incoming: IncomingMessage, outgoing: ServerResponse, fate: Fate) => {
  const { method, headers } = incoming;
  const passed = request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    if (fate === 'pass') {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    answer.resume().on('end', () => {
      if (fate === 'lost') outgoing.destroy();
      else outgoing.writeHead(502).end('{"msg":"bad gateway"}');
    });
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
};
