import { json } from 'node:stream/consumers';
import { DamageError, type StoredBackup } from '@nocodb-backup/vault';
import { z } from 'zod';

const PATH = 'database.json';

/** `database.json`: what was in the database at the instant of its dump. */
export const Expected = z.object({
  server: z.object({
    version: z.string(),
    major: z.int(),
    encoding: z.string(),
    collation: z.object({
      provider: z.string(),
      collate: z.string(),
      ctype: z.string(),
      version: z.string().nullable(),
    }),
    sizeBytes: z.number(),
  }),
  tables: z.array(z.object({ schema: z.string(), name: z.string(), rows: z.int().nonnegative() })),
});
export type Expected = z.infer<typeof Expected>;

/** What must be in the database afterwards; undefined for a backup that does not tell, as those of the Python tool. */
export const expectedOf = async (backup: StoredBackup): Promise<Expected | undefined> => {
  if (!backup.manifest.artifacts.some(({ path }) => path === PATH)) return undefined;
  const content: unknown = await json(await backup.open(PATH)).catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  const result = Expected.safeParse(content);
  if (result.success) return result.data;
  throw new DamageError(
    `${PATH} of backup ${backup.id} cannot be read: it is damaged. Try nocodb-backup verify ${backup.id}, or restore another backup`,
  );
};
