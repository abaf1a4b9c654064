import { z } from 'zod';
import { flag } from './config.js';

/** Where NocoDB's API answers, and the token for it. */
export const ApiSettings = z.object({
  NOCODB_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address, such as http://nocodb-server:8080' })
    .default('http://nocodb-server:8080'),
  NOCODB_API_TOKEN: z.string().optional(),
});
export type ApiSettings = z.infer<typeof ApiSettings>;

/** Where NocoDB keeps its files: for a backup reading is enough, a restore writes. */
export const DataSettings = z.object({ NOCODB_DATA_PATH: z.string().default('/nocodb-data') });
export type DataSettings = z.infer<typeof DataSettings>;

/** Where backups lie. */
export const VaultSettings = z.object({ NOCODB_BACKUP_DIR: z.string().default('/data') });
export type VaultSettings = z.infer<typeof VaultSettings>;

/** Where the attempts write until their backup is sealed; the same for dumper, exporter and uploader. */
export const StagingSettings = z.object({ NOCODB_BACKUP_STAGING: z.enum(['local', 's3']).default('local') });
export type StagingSettings = z.infer<typeof StagingSettings>;

/** What becomes of the local copy once the backup is sealed in the bucket. */
export const LocalCopySettings = z.object({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: flag(false) });
export type LocalCopySettings = z.infer<typeof LocalCopySettings>;
