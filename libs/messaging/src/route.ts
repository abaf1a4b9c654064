import type { Event } from '@nocodb-backup/events';
import type { Delivery } from './delivery.js';
import type { Subscription } from './on.js';

/** A subscription with its handler, as Nest has wrapped it (pipes, guards, interceptors). */
export interface Route extends Subscription {
  /** Resolves to what the handler returned; rejects with what it threw. */
  run(event: Event, delivery: Delivery): Promise<readonly Event[]>;
}
