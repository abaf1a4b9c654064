import { Artifact, type ArtifactPath } from '@nocodb-backup/events';
import { z } from 'zod';
import type { Backup } from './backup.js';

const Place = {
  /** The record's id; null where the table has none. */
  record: z.unknown(),
  column: z.string(),
  /** The file's place in its cell, from 0. */
  index: z.int().nonnegative(),
  title: z.string(),
  mimetype: z.string().nullable(),
};

/** A line of a table's `attachments.json.gz`: where the file lies, or why NocoDB did not give it. */
export const AttachmentEntry = z.union([
  z.object({ ...Place, ...Artifact.shape }),
  z.object({ ...Place, missing: z.string() }),
]);
export type AttachmentEntry = z.infer<typeof AttachmentEntry>;

/** A table's list of attached files, and the attempt whose staging folder holds list and files. */
export interface AttachmentIndex {
  readonly attempt: string;
  readonly path: z.infer<typeof ArtifactPath>;
}

/** The lists of attached files that belong to the backup. */
export const attachmentIndexes = ({ tables }: Backup): AttachmentIndex[] =>
  [...tables.values()].flatMap((table) => {
    if (table.state !== 'succeeded' || table.data.attachments.index === null) return [];
    return [{ attempt: table.data.attempt, path: table.data.attachments.index }];
  });
