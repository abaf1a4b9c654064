import { DatabaseSettings } from '@nocodb-backup/postgres';
import { ApiSettings, DataSettings, VaultSettings } from '@nocodb-backup/service';
import type { z } from 'zod';

/** The vault, and the NocoDB that things are put back into: its database, its API, its data directory. */
export const RestorerConfig = DatabaseSettings.extend({
  ...ApiSettings.shape,
  ...DataSettings.shape,
  ...VaultSettings.shape,
});
export type RestorerConfig = z.output<typeof RestorerConfig>;
