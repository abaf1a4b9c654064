import type { Connection } from './connection.js';
import type { Message } from './message.js';

/** The abort reason of a handler whose delivery may have gone to another replica. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** The abort reason of a handler that did not finish within the grace time of a shutdown. */
export class ShutdownError extends Error {
  override readonly name = 'ShutdownError';
}

/** The right to work on a delivery: renewed every quarter of `ackWaitMs`, lost when no renewal was confirmed for so long. */
export class Lease implements Disposable {
  private readonly controller = new AbortController();
  private readonly beat: NodeJS.Timeout;
  private end: NodeJS.Timeout;
  private disposed = false;
  private readonly forget: () => void;

  constructor(
    private readonly connection: Connection,
    private message: Message,
    private readonly ackWaitMs: number,
  ) {
    this.beat = setInterval(() => void this.renew(), ackWaitMs / 4);
    this.end = this.endingIn(ackWaitMs);
    this.forget = connection.onReconnect(() => void this.renew());
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Where the delivery is settled: at the latest one that the server gave out. */
  get reply(): string {
    return this.message.reply;
  }

  get lost(): boolean {
    return this.signal.reason instanceof LeaseLostError;
  }

  /** The server gave the message out again while it is being worked on here: goes on under the new delivery. */
  adopt(message: Message): void {
    this.message = message;
    void this.renew();
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    this.forget();
    clearInterval(this.beat);
    clearTimeout(this.end);
  }

  private async renew(): Promise<void> {
    const sentAt = Date.now();
    try {
      await this.connection.nats.request(this.message.reply, '+WPI', { timeout: this.ackWaitMs });
    } catch {
      return;
    }
    if (this.disposed) return;
    clearTimeout(this.end);
    this.end = this.endingIn(sentAt + this.ackWaitMs - Date.now());
  }

  private endingIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      const seconds = Math.round(this.ackWaitMs / 1000);
      this.abort(
        new LeaseLostError(
          `NATS did not answer for ${seconds} s: another replica may have taken the work over`,
        ),
      );
    }, milliseconds);
  }
}
