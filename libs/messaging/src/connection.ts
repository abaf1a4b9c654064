import { jetstream, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { pause } from './pause.js';

const reconnectMs = 5000;

/** An open connection to NATS that reconnects for ever. Only this library looks inside. */
export class Connection {
  readonly js: JetStreamClient;
  readonly inboxPrefix: string | undefined;
  private readonly reconnected = new Set<() => void>();
  private readonly disconnected = new Set<() => void>();
  private up = true;

  constructor(
    readonly nats: NatsConnection,
    readonly jsm: JetStreamManager,
    inboxPrefix?: string,
  ) {
    this.js = jetstream(nats);
    this.inboxPrefix = inboxPrefix;
    void this.watch();
  }

  /** Whether the server can be reached right now. */
  get connected(): boolean {
    return this.up && !this.nats.isClosed();
  }

  /** Calls back after each reconnect, until the returned function is called. */
  onReconnect(listener: () => void): () => void {
    this.reconnected.add(listener);
    return () => this.reconnected.delete(listener);
  }

  /**
   * Asks while the server is there. A request that is under way when the connection breaks gets no answer ever: this one
   * fails at once instead, so that it can be asked again. Waits up to 5 s for the connection.
   */
  async ask<T>(request: () => Promise<T>): Promise<T> {
    if (!this.up) await this.comeBack();
    const { promise, reject } = Promise.withResolvers<never>();
    const broken = () => {
      reject(new Error('the connection to NATS broke before it answered'));
    };
    this.disconnected.add(broken);
    try {
      return await Promise.race([request(), promise]);
    } finally {
      this.disconnected.delete(broken);
    }
  }

  /** Sends what waits to be sent, then closes; gives up on the first after 5 s. */
  async close(): Promise<void> {
    if (this.nats.isClosed()) return;
    const drained = this.connected ? this.nats.drain().catch(() => undefined) : Promise.resolve();
    const limit = new AbortController();
    await Promise.race([drained, pause(5000, limit.signal)]);
    limit.abort();
    await this.nats.close();
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type === 'disconnect') {
        this.up = false;
        for (const listener of this.disconnected) listener();
      } else if (type === 'reconnect') {
        this.up = true;
        for (const listener of this.reconnected) listener();
      }
    }
  }

  private async comeBack(): Promise<void> {
    const limit = new AbortController();
    const forget = this.onReconnect(() => {
      limit.abort();
    });
    await pause(reconnectMs, limit.signal);
    forget();
    if (!this.up) throw new Error('NATS is away');
  }
}
