import type { LoggerService } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Connection } from './connection.js';
import type { Answer } from './delivery.js';
import type { EventLog } from './event-log.js';
import { Failures } from './failures.js';
import { durableOf, lanesFrom } from './lane.js';
import { type LaneHealth, LaneRunner } from './lane-runner.js';
import type { Subscription } from './on.js';
import { pause } from './pause.js';
import { type Policy, policyOf } from './policy.js';
import { checkLane } from './provision.js';
import type { Route } from './route.js';

export interface StrategyOptions {
  readonly connection: Connection;
  readonly log: EventLog;
  /** Names the durables: the same for every replica. */
  readonly service: string;
  readonly logger: LoggerService;
  readonly policy?: Partial<Policy>;
  /** Slots by lane, where they are not the handlers' own. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Told once when the service cannot go on, such as when a durable was deleted: log it and end the process. */
  readonly onFatal: (error: Error) => void;
}

/** How the service is doing: is NATS there, and each lane. */
export interface Health {
  readonly connected: boolean;
  readonly lanes: readonly LaneHealth[];
}

const afterAbortMs = 5000;

/** Runs every `@On` handler of a Nest application on the event log. The connection stays open when it closes. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  /** Handler errors go to the retry rules here, not to Nest's log. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly policy: Policy;
  private readonly stopping = new AbortController();
  private readonly deadline = new AbortController();
  private runners: readonly LaneRunner[] = [];
  private failed = false;

  constructor(private readonly options: StrategyOptions) {
    super();
    this.policy = policyOf(options.policy);
  }

  /** Nest would chain two handlers of one pattern, and fail both when one fails. */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEvent = false,
    extras: Record<string, unknown> = {},
  ) {
    if (this.getHandlerByPattern(String(pattern)))
      throw new Error(
        `two handlers for ${String(pattern)} in ${this.options.service}: give one of them a lane of its own`,
      );
    super.addHandler(pattern, callback, isEvent, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => {
        callback();
      },
      (error: unknown) => {
        callback(error);
      },
    );
  }

  /** Stops taking work, waits for the grace time, aborts what is left, hands it back. */
  async close(): Promise<void> {
    this.stopping.abort();
    const stopped = Promise.all(this.runners.map((runner) => runner.stopped()));
    await within(this.policy.graceMs, stopped);
    for (const runner of this.runners) runner.interrupt();
    await within(afterAbortMs, stopped);
    this.deadline.abort();
    await within(afterAbortMs, Promise.all([...this.runners.map((runner) => runner.abandon()), stopped]));
  }

  async health(): Promise<Health> {
    const lanes = await Promise.all(this.runners.map((runner) => runner.health()));
    return { connected: this.options.connection.connected, lanes };
  }

  /** Required by Nest; there are no events to listen to. */
  on(): never {
    throw new Error('JetStreamStrategy emits no events; see `onFatal` and `health`');
  }

  unwrap(): never {
    throw new Error('JetStreamStrategy keeps its connection to itself');
  }

  private async start(): Promise<void> {
    const { connection, service, slots = {} } = this.options;
    const routes = [...this.messageHandlers.values()].map(routeOf).map((route) => withSlots(route, slots));
    const lanes = lanesFrom(service, routes, this.policy);
    for (const lane of lanes) await checkLane(connection, lane);
    const failures = await Failures.open(connection);
    this.runners = lanes.map((lane) => {
      const own = routes.filter((route) => durableOf(service, route.lane) === lane.durable);
      const byType = new Map(own.map((route) => [route.on.type, route]));
      const shop = {
        ...this.options,
        policy: this.policy,
        deadline: this.deadline.signal,
        failures,
        lane,
        routes: byType,
      };
      return new LaneRunner(shop, this.stopping.signal, this.fail);
    });
    for (const runner of this.runners) runner.start();
  }

  private readonly fail = (error: Error): void => {
    if (this.failed || this.stopping.signal.aborted) return;
    this.failed = true;
    this.stopping.abort();
    this.options.onFatal(error);
  };
}

/** A failing handler does not reject in Nest: it resolves to an Observable that fails, which must be waited for. */
const routeOf = (handler: MessageHandler): Route => ({
  ...(handler.extras as unknown as Subscription),
  run: async (event, delivery) => {
    const result: unknown = await handler(event, delivery);
    const answer = (
      isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result
    ) as Answer;
    return [answer ?? []].flat();
  },
});

const withSlots = (route: Route, slots: Readonly<Record<string, number>>): Route => {
  const wanted = slots[route.lane ?? ''] ?? route.slots;
  return wanted === undefined ? route : { ...route, slots: wanted };
};

const within = async (milliseconds: number, work: Promise<unknown>): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([work, pause(milliseconds, limit.signal)]);
  limit.abort();
};
