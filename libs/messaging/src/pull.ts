import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { createInbox, type Msg, nanos, type Subscription } from '@nats-io/transport-node';
import type { Connection } from './connection.js';
import { handBack } from './acknowledge.js';
import { type Message, messageFrom } from './message.js';
import { pause } from './pause.js';

/** Thrown when the durable consumer (or its stream) has been deleted under a running service. */
export class ConsumerGoneError extends Error {
  override readonly name = 'ConsumerGoneError';
}

interface Source {
  readonly stream: string;
  readonly durable: string;
  /** How long one request waits at the server. */
  readonly expiresMs: number;
}

type Outcome = { readonly message: Msg } | { readonly status: number } | 'nothing';

/**
 * Takes one message at a time from a durable consumer. After a reconnect a request may wait at the server twice; nats.js'
 * own `next()` would drop the second message until its lease runs out, this one hands it back at once.
 */
export class Puller {
  /** When the server last answered a request, if only with "nothing there". */
  answeredAt: Date | undefined;
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private readonly forget: () => void;
  private pulls = 0;
  private wake: ((outcome: Outcome) => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly source: Source,
  ) {
    this.inbox = createInbox(connection.inboxPrefix);
    this.subscription = connection.nats.subscribe(`${this.inbox}.*`, {
      callback: (error, message) => {
        if (!error) this.receive(message);
      },
    });
    this.forget = connection.onReconnect(() => this.wake?.('nothing'));
  }

  /** The next message, or undefined when there was none for a while or the signal aborted. Throws a ConsumerGoneError. */
  async next(signal: AbortSignal): Promise<Message | undefined> {
    const outcome = await this.pull(signal);
    if (outcome === 'nothing') return undefined;
    if ('message' in outcome) {
      this.answeredAt = new Date();
      return messageFrom(outcome.message);
    }
    if (outcome.status === 408 || outcome.status === 404) this.answeredAt = new Date();
    else await this.makeSure(signal);
    return undefined;
  }

  /** Hands back what is still under way to this puller, then leaves. */
  async close(): Promise<void> {
    this.forget();
    if (this.connection.nats.isClosed()) return;
    const drained = this.subscription.drain().catch(() => undefined);
    const limit = new AbortController();
    await Promise.race([drained, pause(1000, limit.signal)]);
    limit.abort();
  }

  private async pull(signal: AbortSignal): Promise<Outcome> {
    if (signal.aborted) return 'nothing';
    const { stream, durable, expiresMs } = this.source;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const stop = () => {
      resolve('nothing');
    };
    const timer = setTimeout(stop, expiresMs + 5000);
    signal.addEventListener('abort', stop);
    this.wake = resolve;
    this.connection.nats.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      JSON.stringify({ batch: 1, expires: nanos(expiresMs) }),
      { reply: `${this.inbox}.${++this.pulls}` },
    );
    const outcome = await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    return outcome;
  }

  private receive(message: Msg): void {
    const wake = this.wake;
    if (message.subject.startsWith(this.inbox)) {
      if (message.subject === `${this.inbox}.${this.pulls}`)
        this.answer({ status: message.headers?.code ?? 0 });
    } else if (wake) this.answer({ message });
    else message.respond(handBack(0));
  }

  private answer(outcome: Outcome): void {
    this.wake?.(outcome);
    this.wake = undefined;
  }

  /** The server could not serve the request: it is stopping, electing a leader, or the consumer is gone. */
  private async makeSure(signal: AbortSignal): Promise<void> {
    const { stream, durable } = this.source;
    for (let misses = 0; misses < 3; misses++) {
      await pause(300, signal);
      if (signal.aborted || !(await this.isMissing())) return;
    }
    throw new ConsumerGoneError(
      `the durable consumer "${durable}" of stream ${stream} was deleted while it was in use. Start the service again: it is made anew, all of history is delivered again, and nothing is done twice.`,
    );
  }

  private async isMissing(): Promise<boolean> {
    try {
      await this.connection.jsm.consumers.info(this.source.stream, this.source.durable);
      return false;
    } catch (error) {
      return error instanceof JetStreamApiError && missing.includes(error.code);
    }
  }
}

const missing: readonly number[] = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
