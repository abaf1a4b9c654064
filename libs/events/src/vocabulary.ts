import { z } from 'zod';

/** What a backup is made of: the PostgreSQL dump, the data directory, the export over the REST API. */
export const Part = z.enum(['dump', 'files', 'export']);
export type Part = z.infer<typeof Part>;

const isInside = (path: string): boolean =>
  path !== '' &&
  !path.includes('\\') &&
  !path.includes('\0') &&
  path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');

/** Where backups lie: the local directory, the bucket. */
export const Destination = z.enum(['local', 's3']);
export type Destination = z.infer<typeof Destination>;

/** A path relative to the backup's folder, with forward slashes, that does not leave it. */
export const ArtifactPath = z.string().max(1024).refine(isInside, 'must stay inside the backup');

/** SHA-256 (hex) of what a table holds, whatever form it is stored in. */
export const ContentHash = z.string().regex(/^[0-9a-f]{64}$/);

/** One stored file of a backup. `sha256` (hex) and `bytes` are those of the stored, compressed bytes. */
export const Artifact = z.strictObject({
  path: ArtifactPath,
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Artifact = z.infer<typeof Artifact>;

/** Public keys (`age1...`) whose owners can read the artifacts; absent when these are not encrypted. */
export const Recipients = z.array(z.string().max(4000)).min(1);

/** Why something failed, in a sentence a person can act on, and how often it was tried. Never holds a secret. */
export const Failure = z.strictObject({ reason: z.string().max(4000), attempts: z.int().positive() });
export type Failure = z.infer<typeof Failure>;

/** What packed a dump or an archive: the programs igzip or zstd, or this program itself (`node`). Backups from before that was noted lack it. */
export const Codec = z.string().max(40);

/** Something a person should know although the work succeeded. */
export const Warning = z.string().max(1000);

/** Why something was begun; `pre-upgrade`: somebody is about to upgrade NocoDB, `upgrade`: NocoDB has just been seen with another version. */
export const Trigger = z.enum(['schedule', 'manual', 'pre-upgrade', 'upgrade']);
export type Trigger = z.infer<typeof Trigger>;

/** The staging folder that one attempt wrote to; the uploader moves its artifacts to their places. */
export const Attempt = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
