import { DeleteObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { PermanentError } from '@nocodb-backup/events';
import type { Removed } from '../vault.js';
import { type Bucket, withSignal } from './bucket.js';
import { backupPath, pathOf, stagingPath } from './object-path.js';
import { removeObjects } from './remove-objects.js';
import { isMissing, nameOf } from './s3-error.js';

const MANIFEST = 'manifest.json';

/**
 * Removes the objects of a backup, its manifest first and by itself: half removed it is no backup. Again is fine. Rejects with
 * PermanentError, and leaves the backup whole, while the manifest is locked, or when the key may not delete it.
 */
export const removeBackupObjects = async (
  bucket: Bucket,
  backupId: string,
  signal?: AbortSignal,
): Promise<Removed> => {
  const folder = backupPath(backupId);
  const found = await counted(bucket, folder, signal);
  const leavesVersions = await removeManifest(bucket, backupId, signal);
  await removeObjects(bucket, `${folder}/`, signal);
  await removeObjects(bucket, `${stagingPath(backupId)}/`, signal);
  return { ...found, warnings: leavesVersions && found.files > 0 ? [versionsStay(bucket)] : [] };
};

const counted = async (bucket: Bucket, folder: string, signal?: AbortSignal) => {
  const found = { files: 0, bytes: 0 };
  for await (const { bytes } of bucket.objects(`${folder}/`, signal)) {
    found.files += 1;
    found.bytes += bytes;
  }
  return found;
};

/** Whether the bucket keeps what is deleted as an older version. */
const removeManifest = async (bucket: Bucket, backupId: string, signal?: AbortSignal): Promise<boolean> => {
  const Key = bucket.key(pathOf(backupPath(backupId), MANIFEST));
  const input = { Bucket: bucket.name, Key };
  const head = await bucket.asked(`looking for the manifest of ${backupId}`, () =>
    bucket.client.send(new HeadObjectCommand(input), withSignal(signal)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    }),
  );
  if (!head) return false;
  const lock = lockOf(head);
  if (lock !== undefined)
    throw new PermanentError(
      `backup ${backupId} is locked in ${nameOf(bucket.connection)} (Object Lock) ${lock}: nothing was removed`,
    );
  const answer = await bucket.asked(`removing ${Key}`, () =>
    bucket.client.send(new DeleteObjectCommand(input), withSignal(signal)),
  );
  return answer.DeleteMarker === true;
};

/** In a bucket with versions a locked object can be hidden, but not removed: a backup that is hidden and paid for helps nobody. */
const lockOf = (head: HeadObjectCommandOutput): string | undefined => {
  if (head.ObjectLockLegalHoldStatus === 'ON') return 'until its legal hold is taken off';
  const until = head.ObjectLockRetainUntilDate;
  return until && until > new Date() ? `until ${until.toISOString()}` : undefined;
};

const versionsStay = (bucket: Bucket): string =>
  `${nameOf(bucket.connection)} keeps older versions of what is deleted, and goes on to take space for them: give the bucket a lifecycle rule that removes noncurrent versions`;
