import type { EventType } from '@nocodb-backup/events';
import { subscriptionOf } from './on.js';
import { type Policy, policyOf } from './policy.js';

/** One durable consumer with its own slots: what waits in one lane does not hold up another. */
export interface Lane {
  /** `<service>` or `<service>-<lane>`. */
  readonly durable: string;
  readonly events: readonly Pick<EventType, 'stream' | 'type' | 'key'>[];
  readonly slots: number;
  readonly ackWaitMs: number;
  readonly maxDeliver: number;
}

/** What a lane is made of: the `@On` of one handler. */
export interface LaneMember {
  readonly on: Pick<EventType, 'stream' | 'type' | 'key'>;
  readonly lane?: string | undefined;
  readonly slots?: number | undefined;
}

/** The lanes that a service needs. Throws when two handlers of one lane want the same event, or differ in their slots. */
export const lanesFrom = (service: string, members: readonly LaneMember[], policy: Policy): Lane[] =>
  [...Map.groupBy(members, ({ lane }) => durableOf(service, lane))].map(([durable, own]) => ({
    durable,
    events: distinct(durable, own),
    slots: slotsOf(durable, own),
    ackWaitMs: policy.ackWaitMs,
    maxDeliver: policy.maxDeliver,
  }));

type ControllerClass = abstract new (...args: never[]) => object;

/** The lanes of a service by its controllers' `@On` handlers, for `provision`. */
export const lanesOf = (
  service: string,
  controllers: readonly ControllerClass[],
  policy: Partial<Policy> = {},
): Lane[] => lanesFrom(service, controllers.flatMap(membersOf), policyOf(policy));

/** The name of the durable consumer of a service's lane. */
export const durableOf = (service: string, lane: string | undefined): string =>
  lane === undefined ? service : `${service}-${lane}`;

const membersOf = ({ prototype }: ControllerClass): LaneMember[] =>
  Object.values(Object.getOwnPropertyDescriptors(prototype as object)).flatMap(
    ({ value }: PropertyDescriptor) => {
      const subscription = typeof value === 'function' ? subscriptionOf(value as object) : undefined;
      return subscription ? [subscription] : [];
    },
  );

const distinct = (durable: string, members: readonly LaneMember[]): Lane['events'] => {
  const events = members.map(({ on }) => on);
  const types = events.map(({ type }) => type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice === undefined) return events;
  throw new Error(`two handlers of lane "${durable}" want ${twice}: give one of them a lane of its own`);
};

const slotsOf = (durable: string, members: readonly LaneMember[]): number => {
  const wanted = [...new Set(members.flatMap(({ slots }) => slots ?? []))];
  if (wanted.length > 1)
    throw new Error(
      `the handlers of lane "${durable}" ask for ${wanted.join(' and ')} slots: say one number`,
    );
  return wanted[0] ?? 1;
};
