import type { ConnectOptions } from '@nocodb-backup/messaging';
import { z } from 'zod';

/** Where the event log is, and who one is to it. */
export const NatsConfig = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
});
export type NatsConfig = z.infer<typeof NatsConfig>;

/** How to connect as the service (or command line) of that name. */
export const connectOptions = (
  { NATS_URL, NATS_USER, NATS_PASSWORD }: NatsConfig,
  name: string,
): ConnectOptions => ({
  servers: NATS_URL,
  name,
  ...(NATS_USER !== undefined && { user: NATS_USER }),
  ...(NATS_PASSWORD !== undefined && { password: NATS_PASSWORD }),
});
