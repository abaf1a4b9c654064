import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** In front of a PostgreSQL: closed, it keeps back what the server sends after the first bytes of a connection. */
export interface Gate {
  readonly port: number;
  /** Connections whose bytes wait now. */
  readonly held: number;
  readonly close: () => void;
  readonly open: () => void;
  readonly stop: () => Promise<void>;
}

/** As much as a dump needs to get to the data: it waits in the middle of it. */
const freeBytes = 512 * 1024;

export const startGate = async (target: number): Promise<Gate> => {
  const state = { closed: false, waiting: new Set<Socket>(), sockets: new Set<Socket>() };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let passed = 0;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      state.sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          other.destroy();
          state.sockets.delete(socket);
          state.waiting.delete(socket);
        });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      const full = !client.write(chunk);
      if (full) client.once('drain', () => state.waiting.has(upstream) || upstream.resume());
      if (state.closed && passed > freeBytes) state.waiting.add(upstream);
      if (full || state.waiting.has(upstream)) upstream.pause();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get held() {
      return state.waiting.size;
    },
    close: () => (state.closed = true),
    open: () => {
      state.closed = false;
      for (const socket of state.waiting) socket.resume();
      state.waiting.clear();
    },
    stop: async () => {
      for (const socket of state.sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
