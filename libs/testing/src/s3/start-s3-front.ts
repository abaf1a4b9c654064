import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of a request: `undefined` hands it on, `hang` never answers it, `stall` hands it on and keeps back all of the answer
 * but its beginning, `reset` cuts the connection; else it is read to its end and answered here.
 */
export type S3Treatment =
  | undefined
  | 'hang'
  | 'stall'
  | 'reset'
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

export interface S3Seen {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** In front of an S3 server: hands requests on as the test likes, signatures and all, and remembers them. */
export interface S3Front {
  readonly url: string;
  readonly seen: readonly S3Seen[];
  treat(treatment: (seen: S3Seen) => S3Treatment): void;
  /** Closes every connection, too. */
  stop(): Promise<void>;
}

/** An error as an S3 server words it. */
export const s3Refusal = (status: number, code: string, message = 'the test wants it') => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

export const startS3Front = async (target: string): Promise<S3Front> => {
  let treatment: (seen: S3Seen) => S3Treatment = () => undefined;
  const seen: S3Seen[] = [];
  const server = createServer((incoming, response) => {
    const { headers, method = 'GET', url: path = '/' } = incoming;
    const one = { method, path, headers };
    seen.push(one);
    treat(treatment(one), { incoming, response, target });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    treat: (wanted) => {
      treatment = wanted;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
}

const treat = (treatment: S3Treatment, exchange: Exchange): void => {
  const { incoming, response } = exchange;
  if (treatment === undefined || treatment === 'stall') handOn(exchange, treatment === 'stall');
  else if (treatment === 'reset') incoming.socket.destroy();
  else if (treatment === 'hang') incoming.resume();
  else {
    const { status, headers, body } = treatment;
    incoming.resume().on('end', () => response.writeHead(status, headers).end(body));
  }
};

/** The host that the client named is part of its signature. */
const handOn = ({ incoming, response, target }: Exchange, isStalling: boolean): void => {
  const { method, headers, url = '/' } = incoming;
  const outgoing = request(new URL(url, target), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (isStalling) answer.once('data', (chunk) => response.write(chunk));
    else answer.pipe(response);
  });
  outgoing.on('continue', () => {
    response.writeContinue();
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
};
