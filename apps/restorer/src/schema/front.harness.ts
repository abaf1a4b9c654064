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
  /** Called once a request was carried out whose answer is lost. */
  lost: () => void;
  readonly writes: number;
  close(): void;
}

export const startFront = async (target: string): Promise<Front> => {
  const state: Omit<Front, 'url' | 'close'> & { writes: number } = {
    fate: () => 'pass',
    lost: () => undefined,
    writes: 0,
  };
  const server = createServer((incoming, outgoing) => {
    const fate = incoming.method === 'GET' ? 'pass' : state.fate(++state.writes);
    if (fate === 'refused with 500') outgoing.writeHead(500).end('{"msg":"broken"}');
    else
      hand(new URL(incoming.url ?? '/', target), { incoming, outgoing }, fate, () => {
        state.lost();
      });
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

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

const hand = (url: URL, { incoming, outgoing }: Exchange, fate: Fate, lost: () => void) => {
  const { method, headers } = incoming;
  const passed = request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    if (fate === 'pass') {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    answer.resume().on('end', () => {
      lost();
      if (fate === 'lost') outgoing.destroy();
      else outgoing.writeHead(502).end('{"msg":"bad gateway"}');
    });
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
};
