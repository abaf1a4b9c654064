import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a request that NocoDB has carried out: its answer comes, or the connection is cut instead. */
export type Fate = 'answer' | 'cut';

/** A server between the restorer and NocoDB, which can lose answers. */
export interface CuttingFront {
  readonly url: string;
  /** Asked after NocoDB has answered; the connection is cut before the client hears of it. */
  fate: (asked: string) => Fate;
  readonly asked: string[];
  stop(): Promise<void>;
}

export const startCuttingFront = async (target: string): Promise<CuttingFront> => {
  const state = { fate: (): Fate => 'answer', asked: [] as string[] } as Pick<CuttingFront, 'fate' | 'asked'>;
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target);
    const asked = `${incoming.method ?? ''} ${url.pathname}${url.search}`;
    state.asked.push(asked);
    const forwarded = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      if (state.fate(asked) === 'cut') {
        answer.resume();
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return Object.assign(state, { url, stop });
};
