import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
} from '@aws-sdk/client-s3';
import { PermanentError } from '@nocodb-backup/events';
import { type Bucket, withSignal } from './bucket.js';
import { isMissing } from './s3-error.js';

/** What one request may name. */
const most = 1000;

/**
 * Removes every object whose path below the bucket's prefix begins so, and gives up uploads that were begun there. Answers how many
 * objects went. Throws with the server's words when one of them stays, such as a locked one.
 */
export const removeObjects = async (bucket: Bucket, path: string, signal?: AbortSignal): Promise<number> => {
  let removed = 0;
  let batch: string[] = [];
  for await (const { key } of bucket.objects(path, signal)) {
    batch.push(key);
    if (batch.length < most) continue;
    removed += await removeBatch(bucket, batch, signal);
    batch = [];
  }
  removed += await removeBatch(bucket, batch, signal);
  await abortUploads(bucket, path, signal);
  return removed;
};

const removeBatch = async (
  bucket: Bucket,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<number> => {
  if (keys.length === 0) return 0;
  const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
  const answer = await bucket.client
    .send(new DeleteObjectsCommand({ Bucket: bucket.name, Delete }), withSignal(signal))
    .catch(() => undefined);
  // Some servers do not know the request, or want another checksum in it: then one by one, which tells the reason, too.
  if (answer) check(bucket, answer);
  else for (const Key of keys) await removeOne(bucket, Key, signal);
  return keys.length;
};

const check = (bucket: Bucket, { Errors = [] }: DeleteObjectsCommandOutput): void => {
  const [first] = Errors;
  if (!first) return;
  const isDenied = Errors.some(({ Code }) => Code === 'AccessDenied');
  throw new (isDenied ? PermanentError : Error)(
    `${Errors.length} objects in s3://${bucket.name} could not be removed, such as ${first.Key ?? ''}: ` +
      `${first.Code ?? ''} ${first.Message ?? ''}`.trim(),
  );
};

const removeOne = (bucket: Bucket, Key: string, signal?: AbortSignal): Promise<unknown> =>
  bucket.asked(`removing ${Key}`, () =>
    bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key }), withSignal(signal)),
  );

/** Gives up what was begun below a path and never completed: it costs, and no listing of objects shows it. */
export const abortUploads = async (bucket: Bucket, path: string, signal?: AbortSignal): Promise<void> => {
  for await (const { key: Key, uploadId: UploadId } of bucket.uploads(path, signal)) {
    const input = { Bucket: bucket.name, Key, UploadId };
    await bucket.asked(`giving up the upload of ${Key}`, async () => {
      try {
        await bucket.client.send(new AbortMultipartUploadCommand(input), withSignal(signal));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  }
};
