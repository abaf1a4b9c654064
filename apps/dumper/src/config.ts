import { CompressionSettings } from '@nocodb-backup/compression';
import { DatabaseSettings } from '@nocodb-backup/postgres';
import { DataSettings, integer, StagingSettings, VaultSettings } from '@nocodb-backup/service';
import { EncryptionSettings, s3Problems, S3Settings } from '@nocodb-backup/vault';
import type { z } from 'zod';

/** The database, the data directory, and the vault that their copies go to: a directory, or a bucket. */
export const DumperConfig = DatabaseSettings.extend({
  ...DataSettings.shape,
  ...VaultSettings.shape,
  ...StagingSettings.shape,
  ...S3Settings.shape,
  ...EncryptionSettings.shape,
  ...CompressionSettings.shape,
  /** Seconds. */
  NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT: integer(1, 7 * 86_400, 1800),
}).superRefine(s3Problems);
export type DumperConfig = z.output<typeof DumperConfig>;
