import { createServer, type IncomingMessage, request as requestTo, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The fault that lets NocoDB do what was asked for, and then cuts the connection instead of answering. */
export const cutAfter = 'cut after';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What goes wrong with a request: it was answered, the answer is cut, NocoDB gets it once something else has happened, or nothing. */
export type Fault = (
  url: URL,
  exchange: Exchange,
) => 'answered' | typeof cutAfter | Promise<unknown> | undefined;

/** A server between the program and NocoDB that can misbehave. */
export interface Between {
  readonly url: string;
  fault: Fault;
  readonly seen: URL[];
  close(): void;
}

export const between = async (target: string): Promise<Between> => {
  const state = { fault: (() => undefined) as Fault, seen: [] as URL[] };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', target);
    state.seen.push(url);
    const fault = state.fault(url, { request, response });
    if (fault === 'answered') {
      request.resume();
      return;
    }
    void Promise.resolve(fault).then((outcome) => {
      forward({ request, response }, url, outcome === cutAfter);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(state, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
};

const forward = ({ request, response }: Exchange, url: URL, isCut: boolean): void => {
  const { method, headers } = request;
  const forwarded = requestTo(url, { method, headers }, (answer) => {
    if (isCut) {
      answer.resume().on('end', () => response.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  request.on('error', () => forwarded.destroy());
  request.on('close', () => {
    if (!request.complete) forwarded.destroy();
  });
  request.pipe(forwarded);
};
