import { readFile } from 'node:fs/promises';
import { LeftOut } from '@nocodb-backup/events';
import { z } from 'zod';

/** What came of unpacking an archive; kept beside the tree, so that an attempt that only swaps can tell it, too. */
export const Outcome = z.strictObject({
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  leftOut: z.array(LeftOut),
  warnings: z.array(z.string()),
});
export type Outcome = z.infer<typeof Outcome>;

export const readOutcome = async (path: string): Promise<Outcome> =>
  Outcome.parse(JSON.parse(await readFile(path, 'utf8')));
