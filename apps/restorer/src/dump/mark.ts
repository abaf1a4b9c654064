import { z } from 'zod';

/** The comment of a database that a restore has made or kept aside: by it alone a later attempt or restore knows it again. */
export const Mark = z.object({
  by: z.literal('nocodb-backup'),
  /** Being loaded; in its place; what was in that place before; of a drill, which `restore` then names. */
  is: z.enum(['loading', 'restored', 'kept', 'drill']),
  /** The name of the database that was to be restored. */
  of: z.string(),
  restore: z.string(),
  backup: z.string(),
});
export type Mark = z.infer<typeof Mark>;

/** The mark as a comment. */
export const commentOf = (mark: Mark): string => JSON.stringify(mark);

/** The mark in a comment; undefined when it is none of ours. */
export const markIn = (comment: string | null | undefined): Mark | undefined => {
  try {
    return Mark.safeParse(JSON.parse(comment ?? '')).data;
  } catch {
    return undefined;
  }
};
