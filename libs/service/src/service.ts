import type { Provider, Type } from '@nestjs/common';
import type { Policy } from '@nocodb-backup/messaging';
import type { z } from 'zod';

/** A service as it describes itself: what it reads from the environment, and what it is made of. */
export interface Service<Schema extends z.ZodObject = z.ZodObject> {
  /** Names its durable consumers; the same for every replica. */
  readonly name: string;
  /** Its variables; their names are the keys. */
  readonly config: Schema;
  /** The classes with `@On` handlers. */
  readonly controllers: readonly Type<object>[];
  /** More of them, where the configuration decides. Throws a ConfigError when it cannot. */
  moreControllers?(config: z.output<Schema>): readonly Type<object>[];
  /** Everything that `moreControllers` may answer: the rights of the service's NATS user are made of it. */
  possibleControllers?(): readonly Type<object>[];
  /** What the controllers inject, besides the EventLog. */
  providers(config: z.output<Schema>): Provider[];
  /** Slots by lane, where the configuration decides. */
  slots?(config: z.output<Schema>): Readonly<Record<string, number>>;
  /** How its work is tried again, where that is not as the variables of all services say. */
  readonly policy?: Partial<Policy>;
}

/** Describes a service; keeps the type of its configuration. */
export const service = <Schema extends z.ZodObject>(description: Service<Schema>): Service<Schema> =>
  description;
