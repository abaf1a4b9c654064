import { z } from 'zod';

/** Where NocoDB's API answers, and the token for it. */
export const ApiSettings = z.object({
  NOCODB_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address, such as http://nocodb-server:8080' })
    .default('http://nocodb-server:8080'),
  NOCODB_API_TOKEN: z.string().optional(),
});
export type ApiSettings = z.infer<typeof ApiSettings>;

/** Where NocoDB keeps its files; reading is enough. */
export const DataSettings = z.object({ NOCODB_DATA_PATH: z.string().default('/nocodb-data') });
export type DataSettings = z.infer<typeof DataSettings>;

/** Where backups lie. */
export const VaultSettings = z.object({ NOCODB_BACKUP_DIR: z.string().default('/data') });
export type VaultSettings = z.infer<typeof VaultSettings>;
