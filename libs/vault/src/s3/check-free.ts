import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import type { Bucket } from './bucket.js';
import { nameOf } from './s3-error.js';

/** Throws PermanentError where something lies in the place of an artifact that is not, by what it says of itself, a try to bring it there. */
export const checkFree = (
  { connection }: Bucket,
  { path, sha256 }: Pick<Artifact, 'path' | 'sha256'>,
  there: Pick<HeadObjectCommandOutput, 'ContentLength' | 'Metadata'> | undefined,
): void => {
  if (!there || there.Metadata?.sha256 === sha256) return;
  throw new PermanentError(
    `${path} is there already in ${nameOf(connection)} with other bytes (${there.ContentLength ?? 0}): a backup never overwrites a file. ` +
      'Another backup of the same name lies or was begun there: look at it (nocodb-backup import), or give each NocoDB a prefix of its own (NOCODB_BACKUP_S3_PREFIX)',
  );
};
