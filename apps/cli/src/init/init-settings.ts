import { DatabaseSettings } from '@nocodb-backup/postgres';
import { flag, integer } from '@nocodb-backup/service';

/** What `init` does before NocoDB starts. */
export const InitSettings = DatabaseSettings.extend({
  /** Seconds to wait for the database. */
  INIT_DATABASE_TIMEOUT: integer(1, 86_400, 60),
  INIT_COLLATION_CHECK: flag(true),
  INIT_COLLATION_AUTO_FIX: flag(false),
  /** Seconds that rebuilding the indexes may take, after which NocoDB starts as it is. */
  INIT_COLLATION_FIX_TIMEOUT: integer(10, 604_800, 3600),
});
