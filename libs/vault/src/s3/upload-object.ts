import { createHash } from 'node:crypto';
import { type HeadObjectCommandOutput, PutObjectCommand } from '@aws-sdk/client-s3';
import { PermanentError } from '@nocodb-backup/events';
import { withSignal } from './bucket.js';
import { checkFree } from './check-free.js';
import { filledParts, spending } from './filled-parts.js';
import { headObject } from './head-object.js';
import { checking } from './integrity.js';
import { sendParts } from './send-parts.js';
import { addressOf, conditionOf, metadataOf, type Upload } from './upload.js';

const mostParts = 10_000;

/**
 * Puts a file whose size and digest are known under a key. Done again it sends nothing; after a kill it goes on behind the parts
 * that have arrived whole. The server checks each part by its MD5; size and the MD5 of all of them are read back.
 * Throws a PermanentError when the source is not what the artifact says, and when the key has another file: it is not overwritten.
 */
export const uploadObject = async (upload: Upload): Promise<void> => {
  const there = await headOf(upload);
  if (isSame(there, upload)) return;
  checkFree(upload.bucket, upload.artifact, there);
  try {
    await send({ ...upload, isBegun: there !== undefined });
  } catch (error) {
    // Another attempt, or this one unheard, may have completed it meanwhile, and with it the upload whose parts were being sent.
    if (error instanceof PermanentError || upload.signal.aborted || !(await isThere(upload))) throw error;
  }
};

const send = async (upload: Upload): Promise<void> => {
  const { bucket, artifact } = upload;
  const partBytes = partBytesFor(artifact.bytes, bucket.connection.partBytes);
  const etag = await (artifact.bytes <= partBytes ? put(upload) : sendParts(upload, partBytes));
  await readBack(upload, etag);
};

/** Parts of one size, as some servers demand, and no more than the server takes. */
export const partBytesFor = (bytes: number, wanted: number): number => {
  const needed = Math.ceil(bytes / mostParts / 1024 / 1024) * 1024 * 1024;
  return Math.max(wanted, needed);
};

const isThere = async (upload: Upload): Promise<boolean> => isSame(await headOf(upload), upload);

const isSame = (head: HeadObjectCommandOutput | undefined, { artifact }: Upload): boolean =>
  head?.ContentLength === artifact.bytes && head.Metadata?.sha256 === artifact.sha256;

const headOf = ({ bucket, key, signal, artifact }: Upload) =>
  headObject(bucket, key, { what: `looking for ${artifact.path}`, signal });

const readBack = async (upload: Upload, etag: string): Promise<void> => {
  const { artifact, bucket } = upload;
  const head = await headOf(upload);
  if (isSame(head, upload) && !isOther(head?.ETag?.replaceAll('"', '') ?? '', etag)) return;
  throw new Error(
    `${artifact.path} was sent to s3://${bucket.name}, but what is there is something else (${head?.ContentLength ?? 0} bytes of ${artifact.bytes})`,
  );
};

/** Tags are MD5s unless the server encrypts with keys of its own; then they are of another form, or unlike ours with the same length. */
const isOther = (tag: string, expected: string): boolean =>
  /^[0-9a-f]{32}-\d+$/.test(tag) && expected.includes('-') && tag !== expected;

const put = async (upload: Upload): Promise<string> => {
  const { bucket, artifact, source, signal } = upload;
  const check = checking(artifact);
  let md5: Buffer | undefined;
  // One byte more is too many, and is seen in the first part.
  const filling = { size: artifact.bytes + 1, memory: bucket.memory, signal };
  for await (const part of filledParts(source, filling))
    await spending(part, bucket.memory, async () => {
      check.add(part.bytes);
      check.end();
      md5 = await putWhole(upload, part.bytes);
    });
  return md5?.toString('hex') ?? '';
};

const putWhole = async (upload: Upload, Body: Buffer): Promise<Buffer> => {
  const { bucket, artifact, signal } = upload;
  const md5 = createHash('md5').update(Body).digest();
  const ContentMD5 = md5.toString('base64');
  const input = { ...addressOf(upload), ...metadataOf(upload), ...conditionOf(upload), Body, ContentMD5 };
  await bucket.asked(`storing ${artifact.path}`, () =>
    bucket.client.send(new PutObjectCommand(input), withSignal(signal)),
  );
  return md5;
};
