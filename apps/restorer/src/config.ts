import { DatabaseSettings } from '@nocodb-backup/postgres';
import { ApiSettings, DataSettings, integer, VaultSettings } from '@nocodb-backup/service';
import { IdentitySettings, s3Problems, S3Settings } from '@nocodb-backup/vault';
import { z } from 'zod';

/** The vault, and the NocoDB that things are put back into: its database, its API, its data directory. */
export const RestorerConfig = DatabaseSettings.extend({
  ...ApiSettings.shape,
  ...DataSettings.shape,
  ...VaultSettings.shape,
  ...S3Settings.shape,
  ...IdentitySettings.shape,
  /** Seconds. */
  NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT: integer(1, 7 * 86_400, 14_400),
  /** The server on which drills make their scratch database; the source's own without it. */
  NOCODB_BACKUP_DRILL_DATABASE_URL: DatabaseSettings.shape.DATABASE_URL,
  /** NocoDB's own variable: where it is set here, too, a restored database is tried with it. */
  NC_CONNECTION_ENCRYPT_KEY: z
    .string()
    .transform((key) => (key === '' ? undefined : key))
    .optional(),
}).superRefine(s3Problems);
export type RestorerConfig = z.output<typeof RestorerConfig>;
