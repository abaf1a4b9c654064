import { integer, LocalCopySettings, StagingSettings, VaultSettings } from '@nocodb-backup/service';
import { s3Problems, S3Settings } from '@nocodb-backup/vault';
import type { z } from 'zod';

/** Where backups go: the directory, the bucket, or both. */
export const UploaderConfig = VaultSettings.extend({
  ...StagingSettings.shape,
  ...LocalCopySettings.shape,
  ...S3Settings.shape,
  NOCODB_BACKUP_UPLOAD_CONCURRENCY: integer(1, 16, 2),
}).superRefine(s3Problems);
export type UploaderConfig = z.output<typeof UploaderConfig>;
