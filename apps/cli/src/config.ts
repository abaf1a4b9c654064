import { z } from 'zod';

/** Where the event log is. */
export const LogSettings = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
});
export type LogSettings = z.infer<typeof LogSettings>;

/** Where backups lie. */
export const VaultSettings = z.object({ NOCODB_BACKUP_DIR: z.string().default('/data') });
export type VaultSettings = z.infer<typeof VaultSettings>;
