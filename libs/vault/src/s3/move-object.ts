import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import type { Bucket } from './bucket.js';
import { checkFree } from './check-free.js';
import { headObject } from './head-object.js';

/** The largest object that one request copies, and the size of a part beyond it. */
const largestCopy = 5 * 1024 ** 3;
const partBytes = 1024 ** 3;

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly artifact: Artifact;
}

/** Moves an object within the bucket, without its bytes coming here. What an earlier attempt moved is fine; another file is not overwritten. */
export const moveObject = async (bucket: Bucket, move: Move): Promise<void> => {
  const { artifact, from, to } = move;
  const [source, target] = [await headOf(bucket, from), await headOf(bucket, to)];
  const isMoved = target?.ContentLength === artifact.bytes && target.Metadata?.sha256 === artifact.sha256;
  if (!isMoved) {
    checkFree(bucket, artifact, target);
    if (source?.ContentLength !== artifact.bytes)
      throw new PermanentError(
        `${artifact.path} is not in the bucket as it was written (${source?.ContentLength ?? 'no'} bytes of ${artifact.bytes}): make another backup`,
      );
    await bucket.asked(`copying ${artifact.path}`, () => copy(bucket, move));
  }
  if (source) await bucket.asked(`removing ${from}`, () => remove(bucket, from));
};

const headOf = (bucket: Bucket, key: string) => headObject(bucket, key, { what: `looking for ${key}` });

const remove = (bucket: Bucket, Key: string) =>
  bucket.client.send(new DeleteObjectCommand({ Bucket: bucket.name, Key }));

const copy = async (bucket: Bucket, move: Move): Promise<void> => {
  if (move.artifact.bytes > largestCopy) return copyParts(bucket, move);
  await bucket.client.send(
    new CopyObjectCommand({
      ...targetOf(bucket, move),
      CopySource: sourceOf(bucket, move),
      MetadataDirective: 'REPLACE',
    }),
  );
};

const copyParts = async (bucket: Bucket, move: Move): Promise<void> => {
  const { Metadata, ...address } = targetOf(bucket, move);
  const { UploadId = '' } = await bucket.client.send(
    new CreateMultipartUploadCommand({ ...address, Metadata }),
  );
  const Parts = [];
  for (let start = 0, PartNumber = 1; start < move.artifact.bytes; start += partBytes, PartNumber++) {
    const end = Math.min(start + partBytes, move.artifact.bytes) - 1;
    const range = { CopySource: sourceOf(bucket, move), CopySourceRange: `bytes=${start}-${end}` };
    const { CopyPartResult } = await bucket.client.send(
      new UploadPartCopyCommand({ ...address, UploadId, PartNumber, ...range }),
    );
    Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
  }
  await bucket.client.send(
    new CompleteMultipartUploadCommand({ ...address, UploadId, MultipartUpload: { Parts } }),
  );
};

const targetOf = (bucket: Bucket, { to, artifact }: Move) => ({
  Bucket: bucket.name,
  Key: to,
  Metadata: { sha256: artifact.sha256 },
});

const sourceOf = (bucket: Bucket, { from }: Move): string =>
  [bucket.name, ...from.split('/')].map(encodeURIComponent).join('/');
