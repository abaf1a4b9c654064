import { z } from 'zod';
import { handBack, settle } from './acknowledge.js';
import { storedAt } from './leader.js';
import type { Message } from './message.js';
import { reasonOf } from './reason.js';
import { recordedFrom } from './recorded.js';
import type { Worker, Workshop } from './worker.js';

/** `io.nats.jetstream.advisory.v1.max_deliver`, as far as it matters here. */
const Advisory = z.looseObject({ stream_seq: z.int().positive(), deliveries: z.int().positive() });

/** Records the failure of events that the server gave up to deliver: every attempt crashed or was interrupted. */
export const bury = async (shop: Workshop, worker: Worker, message: Message): Promise<void> => {
  try {
    await recordFailure(shop, worker, Advisory.parse(JSON.parse(message.payload)));
    await settle(shop.connection, message.reply, '+ACK');
  } catch (error) {
    worker.tell('error', 'could not record that an event was given up, will try again', message, {
      error: reasonOf(error),
    });
    await settle(shop.connection, message.reply, handBack(pauseAfter(message.deliveries)));
  }
};

const recordFailure = async (
  { connection, routes, failures, lane }: Workshop,
  worker: Worker,
  { stream_seq: sequence, deliveries }: z.infer<typeof Advisory>,
): Promise<void> => {
  const stored = await storedAt(connection, sequence);
  const route = stored && routes.get(stored.subject.split('.')[3] ?? '');
  const event = route && recordedFrom(stored, (type) => (type === route.on.type ? route.on : undefined));
  const reason = `given up after ${deliveries} deliveries: the service crashed or was interrupted every time`;
  if (event) await worker.giveUp(route, event, { reason, attempts: deliveries });
  else if (stored)
    worker.tell('error', 'gave up an event that only another version understands', stored, { deliveries });
  await failures.forget(lane.durable, sequence);
};

/** 5 s, doubled each time, at most 10 minutes. */
const pauseAfter = (deliveries: number): number => Math.min(5000 * 2 ** (deliveries - 1), 600_000);
