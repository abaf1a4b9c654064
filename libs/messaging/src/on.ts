import { applyDecorators, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Event, EventType } from '@nocodb-backup/events';
import type { z } from 'zod';
import type { Answer, Delivery } from './delivery.js';
import type { Recorded } from './recorded.js';
import { Rethrow } from './rethrow.js';

export interface Failure {
  /** Fits into the `Failure` of a fact. */
  readonly reason: string;
  readonly attempts: number;
}

export interface OnOptions<Input> {
  /** A durable consumer of its own, `<service>-<lane>`; without it the service's. */
  readonly lane?: string;
  /** Facts for the same id (and key) that make the work needless once one of them is recorded. */
  readonly unless?: readonly Pick<EventType, 'type' | 'subjectFor'>[];
  /** Makes the fact that is recorded when the last attempt failed, or none can help. */
  readonly failed?: (event: Input & Pick<Recorded, 'id' | 'subject'>, failure: Failure) => Event;
  /** How many deliveries of the lane one replica works on at once. Default 1. */
  readonly slots?: number;
}

type Handler<Input> = (event: Input, delivery: Delivery) => Promise<Answer> | Promise<void> | Answer;

type Decorator<Input> = <Method extends Handler<Input>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What an `@On` handler listens to, as the strategy sees it. */
export interface Subscription extends OnOptions<Event> {
  readonly on: EventType;
}

const key = Symbol('nocodb-backup:on');

/** Subscribes a controller's method to an event: what it returns is appended, what it throws is retried. */
export const On = <Type extends string, Schema extends z.ZodType>(
  on: EventType<Type, Schema>,
  options: OnOptions<Event<Type, z.output<Schema>>> = {},
): Decorator<Event<Type, z.output<Schema>>> => {
  const subscription = { ...options, on };
  return (target, name, descriptor) => {
    if (descriptor.value) Reflect.defineMetadata(key, subscription, descriptor.value);
    // Nest passes the payload alone unless the parameters are marked.
    Payload()(target, name, 0);
    Ctx()(target, name, 1);
    const pattern = `${on.type} in lane ${options.lane ?? '(default)'}`;
    const subscribe: MethodDecorator = EventPattern<unknown>(pattern, { ...subscription });
    applyDecorators(subscribe, UseFilters(Rethrow))(target, name, descriptor);
  };
};

/** The subscription that `@On` left on a method. */
export const subscriptionOf = (method: object): Subscription | undefined =>
  Reflect.getMetadata(key, method) as Subscription | undefined;
