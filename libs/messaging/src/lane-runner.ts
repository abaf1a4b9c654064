import { handBack, settle } from './acknowledge.js';
import { bury } from './dead-letters.js';
import { ShutdownError } from './lease.js';
import type { Message } from './message.js';
import { pause } from './pause.js';
import { ConsumerGoneError, Puller } from './pull.js';
import { reasonOf } from './reason.js';
import { deadStream, eventStream } from './topology.js';
import { Worker, type Workshop } from './worker.js';

/** How a lane is doing. */
export interface LaneHealth {
  readonly durable: string;
  /** When the server last answered any slot, also with "nothing there"; a busy slot does not ask. */
  readonly answeredAt: Date | undefined;
  /** Events being worked on by this replica. */
  readonly running: number;
  /** Events that wait for a free slot of any replica, and those given out and not settled. */
  readonly pending: number;
  readonly ackPending: number;
  /** Of those given out, the ones that are not given out for the first time. */
  readonly redelivered: number;
}

/** Works on one lane: N slots that take one delivery each, and one that buries what was given up. */
export class LaneRunner {
  private readonly worker: Worker;
  private readonly pullers: Puller[] = [];
  private loops: Promise<unknown> = Promise.resolve();

  /** `fatal` is told when the lane cannot go on. */
  constructor(
    private readonly shop: Workshop,
    private readonly stopping: AbortSignal,
    private readonly fatal: (error: Error) => void,
  ) {
    this.worker = new Worker(shop);
  }

  start(): void {
    const slots = Array.from({ length: this.shop.lane.slots }, () =>
      this.loop(this.puller(eventStream), (message) => this.worker.work(message)),
    );
    const burial = this.loop(this.puller(deadStream), (message) => bury(this.shop, this.worker, message));
    this.loops = Promise.all([...slots, burial]);
  }

  /** Resolves when every slot has stopped; `stopping` must have been aborted. */
  stopped(): Promise<unknown> {
    return this.loops;
  }

  /** Tells running handlers that the grace time is over. */
  interrupt(): void {
    for (const lease of this.worker.running.values())
      lease.abort(new ShutdownError('the service is shutting down'));
  }

  /** Hands back what handlers that do not listen are still at; another replica may start on it. */
  async abandon(): Promise<void> {
    const replies = [...this.worker.running.values()].map(({ reply }) => reply);
    await Promise.all(replies.map((reply) => settle(this.shop.connection, reply, handBack(0))));
  }

  async health(): Promise<LaneHealth> {
    const { durable } = this.shop.lane;
    const info = await this.shop.connection.jsm.consumers.info(eventStream, durable);
    const answers = this.pullers.flatMap(({ answeredAt }) => answeredAt?.getTime() ?? []);
    return {
      durable,
      answeredAt: answers.length > 0 ? new Date(Math.max(...answers)) : undefined,
      running: this.worker.running.size,
      pending: info.num_pending,
      ackPending: info.num_ack_pending,
      redelivered: info.num_redelivered,
    };
  }

  private puller(stream: string): Puller {
    const { connection, lane, policy } = this.shop;
    const puller = new Puller(connection, { stream, durable: lane.durable, expiresMs: policy.pullMs });
    this.pullers.push(puller);
    return puller;
  }

  private async loop(puller: Puller, handle: (message: Message) => Promise<void>): Promise<void> {
    while (!this.stopping.aborted) await this.turn(puller, handle);
    await puller.close();
  }

  private async turn(puller: Puller, handle: (message: Message) => Promise<void>): Promise<void> {
    try {
      const message = await puller.next(this.stopping);
      if (!message) return;
      if (this.stopping.aborted) await settle(this.shop.connection, message.reply, handBack(0));
      else await handle(message);
    } catch (error) {
      if (error instanceof ConsumerGoneError || this.shop.connection.nats.isClosed())
        this.fatal(error as Error);
      this.shop.logger.warn('asking for work failed', {
        lane: this.shop.lane.durable,
        error: reasonOf(error),
      });
      await pause(1000, this.stopping);
    }
  }
}
