import { connect } from 'node:net';
import type { Address } from './loopback-address.js';

/** What a NATS server says of itself to everyone who connects. */
export interface Greeting {
  readonly server_name: string;
  readonly version: string;
  readonly jetstream?: boolean;
}

/** Reads the greeting of the NATS server at an address; undefined when nothing answers there, 'stranger' for another kind of server. */
export const greetingOf = (
  { host, port }: Address,
  signal: AbortSignal,
): Promise<Greeting | 'stranger' | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    let connected = false;
    let text = '';
    socket.setTimeout(1000, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) socket.destroy();
    });
    socket.on('connect', () => {
      connected = true;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(connected ? parsed(text) : undefined);
    });
  });

const parsed = (text: string): Greeting | 'stranger' => {
  const json = /^INFO (.*)\r\n/.exec(text)?.[1] ?? '';
  try {
    return JSON.parse(json) as Greeting;
  } catch {
    return 'stranger';
  }
};
