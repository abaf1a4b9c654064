import { z } from 'zod';

/** How dumps and archives are packed. */
export const CompressionFormat = z.enum(['gzip', 'zstd']);
export type CompressionFormat = z.infer<typeof CompressionFormat>;

export const CompressionSettings = z.object({
  /** `gzip` can be unpacked everywhere; `zstd` is smaller, and needs the program `zstd` wherever backups are made or read. */
  NOCODB_BACKUP_COMPRESSION: CompressionFormat.default('gzip'),
});
