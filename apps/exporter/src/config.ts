import { integer } from '@nocodb-backup/service';
import { z } from 'zod';

/** Which NocoDB is exported. Without a token the export fails, and says so in the backup; the other parts go on. */
export const ExporterConfig = z.object({
  NOCODB_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address, such as http://nocodb-server:8080' })
    .default('http://nocodb-server:8080'),
  NOCODB_API_TOKEN: z.string().optional(),
  NOCODB_BACKUP_EXPORT_CONCURRENCY: integer(1, 16, 2),
  NOCODB_BACKUP_DIR: z.string().default('/data'),
});
export type ExporterConfig = z.infer<typeof ExporterConfig>;
