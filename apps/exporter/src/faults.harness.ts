import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request itself and returns true, or leaves it to NocoDB. */
export type Fault = (url: URL, response: ServerResponse) => boolean;

/** A server between the client and NocoDB that can misbehave. */
export interface Between {
  readonly url: string;
  fault: Fault;
  readonly seen: URL[];
  close(): void;
}

export const between = async (target: string): Promise<Between> => {
  const state = { fault: (() => false) as Fault, seen: [] as URL[] };
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', target);
    state.seen.push(url);
    if (state.fault(url, outgoing)) return;
    const { method, headers } = incoming;
    const forwarded = request(url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, { url, close });
};

/** The value once it has not changed for a second. */
export const whenQuiet = async (value: () => number): Promise<number> => {
  for (;;) {
    const before = value();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (value() === before) return before;
  }
};
