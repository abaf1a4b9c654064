import { ApiSettings, integer, VaultSettings } from '@nocodb-backup/service';
import type { z } from 'zod';

/** Which NocoDB is exported. Without a token the export fails, and says so in the backup; the other parts go on. */
export const ExporterConfig = ApiSettings.extend({
  ...VaultSettings.shape,
  NOCODB_BACKUP_EXPORT_CONCURRENCY: integer(1, 16, 2),
});
export type ExporterConfig = z.infer<typeof ExporterConfig>;
