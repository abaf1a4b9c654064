import { ApiSettings, integer, StagingSettings, VaultSettings } from '@nocodb-backup/service';
import { EncryptionSettings, s3Problems, S3Settings } from '@nocodb-backup/vault';
import type { z } from 'zod';

/** Which NocoDB is exported. Without a token the export fails, and says so in the backup; the other parts go on. */
export const ExporterConfig = ApiSettings.extend({
  ...VaultSettings.shape,
  ...StagingSettings.shape,
  ...S3Settings.shape,
  ...EncryptionSettings.shape,
  NOCODB_BACKUP_EXPORT_CONCURRENCY: integer(1, 16, 2),
}).superRefine(s3Problems);
export type ExporterConfig = z.infer<typeof ExporterConfig>;
