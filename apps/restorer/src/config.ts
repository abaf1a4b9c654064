import { DatabaseSettings } from '@nocodb-backup/postgres';
import { ApiSettings, DataSettings, integer, VaultSettings } from '@nocodb-backup/service';
import { z } from 'zod';

/** The vault, and the NocoDB that things are put back into: its database, its API, its data directory. */
export const RestorerConfig = DatabaseSettings.extend({
  ...ApiSettings.shape,
  ...DataSettings.shape,
  ...VaultSettings.shape,
  /** Seconds. */
  NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT: integer(1, 7 * 86_400, 14_400),
  /** NocoDB's own variable: where it is set here, too, a restored database is tried with it. */
  NC_CONNECTION_ENCRYPT_KEY: z
    .string()
    .transform((key) => (key === '' ? undefined : key))
    .optional(),
});
export type RestorerConfig = z.output<typeof RestorerConfig>;
