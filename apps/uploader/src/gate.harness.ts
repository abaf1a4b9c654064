import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a server: counts what is sent to it, and holds connections back that have sent much. */
export class Gate {
  private count = 0;
  private limit = Infinity;
  private readonly held = new Set<Socket>();
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => {
    this.pass(socket, connect(this.port, '127.0.0.1'));
  });

  private constructor(private readonly port: number) {}

  static async before(url: string): Promise<Gate> {
    const gate = new Gate(Number(new URL(url).port));
    await once(gate.server.listen(0, '127.0.0.1'), 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Bytes that went to the server since the last call. */
  sent(): number {
    const { count } = this;
    this.count = 0;
    return count;
  }

  /** Every connection stops after so many bytes; with `Infinity` all go on. */
  hold(after: number): void {
    this.limit = after;
    for (const socket of this.held) socket.resume();
    this.held.clear();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private pass(socket: Socket, further: Socket): void {
    let own = 0;
    socket.on('data', (chunk) => {
      own += chunk.length;
      this.count += chunk.length;
      further.write(chunk);
      if (own > this.limit) this.held.add(socket.pause());
    });
    further.pipe(socket);
    for (const [one, other] of [
      [socket, further],
      [further, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }
}
