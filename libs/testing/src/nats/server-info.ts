import { connect } from 'node:net';

/** What a NATS server says of itself to everyone who connects. */
export interface ServerInfo {
  readonly server_name: string;
  readonly version: string;
  readonly jetstream?: boolean;
}

/** Reads the greeting of the NATS server on a port of this machine; nothing when no NATS server answers there. */
export const serverInfo = (port: number, signal: AbortSignal) =>
  new Promise<ServerInfo | undefined>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', signal });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n')) socket.destroy();
    });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(parsed(text));
    });
  });

const parsed = (greeting: string) => {
  const json = /^INFO (.*)\r\n/.exec(greeting)?.[1];
  return json === undefined ? undefined : (JSON.parse(json) as ServerInfo);
};
