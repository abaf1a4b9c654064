import { integer } from '@nocodb-backup/service';
import { z } from 'zod';

const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\/[^/]+\/[^/?]+/.test(url);

/** Where the catalog keeps its tables, and where it answers. */
export const CatalogConfig = z.object({
  /** Without it the tables are in memory, and built anew at each start. */
  CATALOG_DATABASE_URL: z
    .string()
    .refine(isPostgres, 'must be postgres://user:password@host:5432/database')
    .optional(),
  NOCODB_BACKUP_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 = nothing is served. */
  NOCODB_BACKUP_HTTP_PORT: integer(0, 65_535, 8095),
  NOCODB_BACKUP_API_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
});
export type CatalogConfig = z.infer<typeof CatalogConfig>;
