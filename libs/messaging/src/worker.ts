import type { LoggerService } from '@nestjs/common';
import { PermanentError } from '@nocodb-backup/events';
import { handBack, putAside, settle, type Settlement } from './acknowledge.js';
import type { Appended } from './append.js';
import { Attempt } from './attempt.js';
import type { Connection } from './connection.js';
import { EnvelopeError } from './envelope.js';
import type { EventLog } from './event-log.js';
import type { Failures } from './failures.js';
import type { Lane } from './lane.js';
import { Lease } from './lease.js';
import type { Message } from './message.js';
import type { Failure } from './on.js';
import type { Policy } from './policy.js';
import { PostponedError } from './postponed-error.js';
import { tellProgress } from './progress.js';
import { reasonOf } from './reason.js';
import { type Recorded, recordedFrom } from './recorded.js';
import type { Route } from './route.js';

/** What the work of one lane needs. */
export interface Workshop {
  readonly connection: Connection;
  readonly log: EventLog;
  readonly failures: Failures;
  readonly policy: Policy;
  readonly logger: LoggerService;
  readonly lane: Lane;
  readonly routes: ReadonlyMap<string, Route>;
  /** Aborts when the service can wait no longer, not even for the log. */
  readonly deadline: AbortSignal;
}

interface Job {
  readonly message: Message;
  readonly lease: Lease;
  readonly route: Route;
  readonly event: Recorded;
}

type Level = 'debug' | 'log' | 'warn' | 'error';

/** Takes deliveries of one lane to their end: facts first, then the acknowledgement. */
export class Worker {
  /** What is being worked on, by the event's sequence. */
  readonly running = new Map<number, Lease>();

  constructor(private readonly shop: Workshop) {}

  /** Never throws: a delivery that cannot be settled comes again. */
  async work(message: Message): Promise<void> {
    const running = this.running.get(message.sequence);
    if (running) {
      running.adopt(message);
      return;
    }
    using lease = new Lease(this.shop.connection, message, this.shop.lane.ackWaitMs);
    this.running.set(message.sequence, lease);
    try {
      const settlement = await this.settlementOf(message, lease).catch((error: unknown) =>
        this.unfinished(message, lease, error),
      );
      if (settlement && !(await settle(this.shop.connection, lease.reply, settlement)))
        this.tell('warn', 'the server did not confirm the settlement: the event will come again', message);
    } finally {
      this.running.delete(message.sequence);
    }
  }

  /** Whether one of the facts that make an event's work needless is recorded. */
  async isNeedless({ unless = [] }: Route, { data }: Recorded): Promise<boolean> {
    const held = unless.map((type) => this.shop.log.holds(type.subjectFor(data as object)));
    return (await Promise.all(held)).includes(true);
  }

  /** Records the fact that no attempt succeeded, unless the work has been done after all. */
  async giveUp(route: Route, event: Recorded, failure: Failure): Promise<void> {
    if (await this.isNeedless(route, event)) return;
    const fact = route.failed?.(event, failure);
    if (fact) await this.shop.log.append(fact, event, { signal: this.shop.deadline });
    this.tell('error', 'gave up', event, { ...failure, recorded: fact?.type });
  }

  tell(
    level: Level,
    text: string,
    { subject, sequence }: Pick<Message, 'subject' | 'sequence'>,
    more: object = {},
  ) {
    const { logger, lane } = this.shop;
    logger[level]?.(text, {
      lane: lane.durable,
      type: subject.split('.')[3],
      subject,
      sequence,
      ...more,
    });
  }

  private async settlementOf(message: Message, lease: Lease): Promise<Settlement | undefined> {
    const route = this.shop.routes.get(message.subject.split('.')[3] ?? '');
    let event: Recorded | undefined;
    try {
      event = route && recordedFrom(message, (type) => (type === route.on.type ? route.on : undefined));
    } catch (error) {
      return error instanceof EnvelopeError
        ? this.garbage(message, error)
        : this.failed(message, lease, error);
    }
    return route && event ? this.done({ message, lease, route, event }) : this.foreign(message);
  }

  /** During an upgrade a replica of the other version takes it; if there is none, the server gives up in the end. */
  private foreign(message: Message): Settlement {
    this.tell('warn', 'handed back an event that only another version of this service understands', message);
    const { backoffMs } = this.shop.policy;
    return handBack(backoffMs[Math.min(message.deliveries, backoffMs.length) - 1] ?? 1000);
  }

  /** The log did not answer, or did not take the fact: nobody's failure, and tried again. */
  private unfinished(message: Message, lease: Lease, error: unknown): Settlement | undefined {
    this.tell('error', 'the log did not take or give what was needed, will try again', message, {
      error: reasonOf(error),
    });
    return lease.lost ? undefined : handBack(this.shop.policy.backoffMs[0] ?? 1000);
  }

  private garbage(message: Message, error: EnvelopeError): Settlement {
    this.tell('error', 'put aside what is no event', message, { error: reasonOf(error) });
    return putAside(reasonOf(error));
  }

  private async done(job: Job): Promise<Settlement | undefined> {
    const { message, lease, route, event } = job;
    const { connection, log, failures, deadline, lane } = this.shop;
    if (await this.isNeedless(route, event)) {
      this.tell('debug', 'skipped: the work has been done', event);
      return '+ACK';
    }
    const attempt = 1 + (message.deliveries > 1 ? await failures.of(lane.durable, message.sequence) : 0);
    const run = new Attempt({ connection, log, lease, event, attempt, part: route.lane ?? lane.durable });
    try {
      const appended = await run.record(await route.run(event, run.delivery), deadline);
      this.tellRecorded(event, attempt, appended);
      if (appended.length > 0) await this.discard(run, event);
      if (message.deliveries > 1)
        await failures.forget(lane.durable, message.sequence).catch(() => undefined);
      return '+ACK';
    } catch (error) {
      await this.discard(run, event);
      return this.failed(message, lease, error, { route, event });
    }
  }

  private tellRecorded(event: Recorded, attempt: number, appended: readonly Appended[]): void {
    const own = appended.filter(({ mine }) => mine);
    for (const { recorded } of own)
      this.tell('log', `recorded ${recorded.type}`, recorded, { answers: event.sequence, attempt });
    if (own.length === 0) this.tell('debug', 'nothing to record', event, { attempt });
  }

  /** Whoever watches shall see why nothing moves. Where an event has a key, as a table has, it names the work. */
  private tellSetback({ route, event }: Pick<Job, 'route' | 'event'>, failed: string): void {
    const { key } = route.on;
    const named = key === undefined ? undefined : (event.data as Record<string, unknown>)[key];
    const part = typeof named === 'string' ? named : (route.lane ?? this.shop.lane.durable);
    tellProgress(this.shop.connection, event, { part, failed });
  }

  private async discard(run: Attempt, event: Recorded): Promise<void> {
    for (const error of await run.discard())
      this.tell('warn', 'what an attempt had staged could not be removed', event, { error: reasonOf(error) });
  }

  private async failed(
    message: Message,
    lease: Lease,
    error: unknown,
    known?: Pick<Job, 'route' | 'event'>,
  ): Promise<Settlement | undefined> {
    if (lease.signal.aborted) return this.interrupted(message, lease);
    if (error instanceof PostponedError) return handBack(Math.max(0, error.until.getTime() - Date.now()));
    const { failures, policy, lane } = this.shop;
    const reason = reasonOf(error);
    const attempts = await this.counted(message, reason);
    if (!(error instanceof PermanentError) && attempts < policy.attempts) {
      const pauseMs = policy.backoffMs[Math.min(attempts, policy.backoffMs.length) - 1] ?? 1000;
      this.tell('warn', 'failed, will try again', message, { attempt: attempts, error: reason, pauseMs });
      if (known) this.tellSetback(known, `${reason}; next try in ${Math.ceil(pauseMs / 1000)} s`);
      return handBack(pauseMs);
    }
    if (known) await this.giveUp(known.route, known.event, { reason, attempts });
    else this.tell('error', 'gave up, and could not record it', message, { error: reason });
    await failures.forget(lane.durable, message.sequence);
    return putAside(reason);
  }

  /** A failure that could not be counted is tried again as the first one. */
  private async counted(message: Message, reason: string): Promise<number> {
    const { failures, lane } = this.shop;
    try {
      return await failures.add(lane.durable, message.sequence);
    } catch (error) {
      this.tell('error', 'a failure could not be counted', message, {
        failure: reason,
        error: reasonOf(error),
      });
      return 1;
    }
  }

  private interrupted(message: Message, lease: Lease): Settlement | undefined {
    this.tell('warn', 'interrupted', message, { error: reasonOf(lease.signal.reason) });
    return lease.lost ? undefined : handBack(0);
  }
}
