import { DatabaseSettings } from '@nocodb-backup/postgres';
import { DataSettings, integer, VaultSettings } from '@nocodb-backup/service';
import type { z } from 'zod';

/** The database, the data directory, and the vault that their copies go to. */
export const DumperConfig = DatabaseSettings.extend({
  ...DataSettings.shape,
  ...VaultSettings.shape,
  /** Seconds. */
  NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT: integer(1, 7 * 86_400, 1800),
});
export type DumperConfig = z.output<typeof DumperConfig>;
