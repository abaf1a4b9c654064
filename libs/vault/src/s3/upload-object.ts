import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { arrivedParts } from './arrived-parts.js';
import { type Bucket, withSignal } from './bucket.js';
import { pieces } from '../pieces.js';
import { headObject } from './head-object.js';
import { checking } from './integrity.js';
import { Lanes } from './lanes.js';

/** Bytes of parts in flight; larger parts are sent one after the other. */
const inFlight = 32 * 1024 * 1024;
const mostParts = 10_000;

export interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  /** What the bytes must turn out to be. */
  readonly artifact: Pick<Artifact, 'path' | 'bytes' | 'sha256'>;
  readonly source: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/**
 * Puts a file whose size and digest are known under a key. Done again it sends nothing; after a kill it goes on behind the parts
 * that have arrived whole. The server checks each part by its MD5; size and the MD5 of all of them are read back.
 * Throws a PermanentError when the source is not what the artifact says.
 */
export const uploadObject = async (upload: Upload): Promise<void> => {
  if (await isThere(upload)) return;
  try {
    await send(upload);
  } catch (error) {
    // Another attempt may have completed it meanwhile, and with it the upload whose parts were being sent.
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

const addressOf = ({ bucket, key }: Upload) => ({ Bucket: bucket.name, Key: key });
const metadataOf = ({ artifact }: Upload) => ({ Metadata: { sha256: artifact.sha256 } });

const isThere = async (upload: Upload): Promise<boolean> => {
  const head = await headOf(upload);
  return head?.ContentLength === upload.artifact.bytes && head.Metadata?.sha256 === upload.artifact.sha256;
};

const headOf = ({ bucket, key, signal, artifact }: Upload) =>
  headObject(bucket, key, { what: `looking for ${artifact.path}`, signal });

const readBack = async (upload: Upload, etag: string): Promise<void> => {
  const { artifact, bucket } = upload;
  const { ContentLength: bytes = 0, ETag: tag = '' } = (await headOf(upload)) ?? {};
  if (bytes === artifact.bytes && !isOther(tag.replaceAll('"', ''), etag)) return;
  throw new Error(
    `${artifact.path} was sent to s3://${bucket.name}, but what is there is something else (${bytes} bytes of ${artifact.bytes})`,
  );
};

/** Tags are MD5s unless the server encrypts with keys of its own; then they are of another form, or unlike ours with the same length. */
const isOther = (tag: string, expected: string): boolean =>
  /^[0-9a-f]{32}-\d+$/.test(tag) && expected.includes('-') && tag !== expected;

const put = async (upload: Upload): Promise<string> => {
  const { bucket, artifact, source, signal } = upload;
  const check = checking(artifact);
  const chunks = [];
  for await (const chunk of source) {
    check.add(chunk);
    chunks.push(chunk);
  }
  check.end();
  const Body = Buffer.concat(chunks);
  const ContentMD5 = createHash('md5').update(Body).digest('base64');
  const input = { ...addressOf(upload), ...metadataOf(upload), Body, ContentMD5 };
  await bucket.asked(`storing ${artifact.path}`, () =>
    bucket.client.send(new PutObjectCommand(input), withSignal(signal)),
  );
  return createHash('md5').update(Body).digest('hex');
};

const sendParts = async (upload: Upload, partBytes: number): Promise<string> => {
  const { bucket, artifact, signal } = upload;
  const begun = await beginning(upload);
  const { UploadId } = begun;
  const digests = await allSent(upload, begun, partBytes).catch(async (error: unknown) => {
    // What has arrived stays for the next attempt, unless it is not what it should be.
    if (error instanceof PermanentError) await abort(upload, UploadId);
    throw error;
  });
  const Parts = digests.map((digest, index) => ({
    PartNumber: index + 1,
    ETag: `"${digest.toString('hex')}"`,
  }));
  const input = { ...addressOf(upload), UploadId, MultipartUpload: { Parts } };
  await bucket.asked(`completing ${artifact.path}`, () =>
    bucket.client.send(new CompleteMultipartUploadCommand(input), withSignal(signal)),
  );
  return `${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${digests.length}`;
};

/** Sends the parts that have not arrived, several at a time; answers the MD5 of each one. */
const allSent = async (
  upload: Upload,
  { UploadId, arrived }: Begun,
  partBytes: number,
): Promise<Buffer[]> => {
  const check = checking(upload.artifact);
  const digests: Buffer[] = [];
  const lanes = new Lanes(Math.max(1, Math.floor(inFlight / partBytes)));
  try {
    for await (const { index, bytes } of pieces(upload.source, partBytes)) {
      check.add(bytes);
      const md5 = createHash('md5').update(bytes).digest();
      digests.push(md5);
      if (arrived.get(index + 1) !== md5.toString('hex'))
        await lanes.run(() => sendPart(upload, { UploadId, number: index + 1, bytes, md5 }));
    }
    check.end();
  } finally {
    await lanes.ended();
  }
  return digests;
};

interface Part {
  readonly UploadId: string;
  readonly number: number;
  readonly bytes: Buffer;
  readonly md5: Buffer;
}

const sendPart = async (upload: Upload, { UploadId, number, bytes, md5 }: Part): Promise<void> => {
  const { bucket, artifact, signal } = upload;
  const ContentMD5 = md5.toString('base64');
  const input = { ...addressOf(upload), UploadId, PartNumber: number, Body: bytes, ContentMD5 };
  await bucket.asked(`sending part ${number} of ${artifact.path}`, () =>
    bucket.client.send(new UploadPartCommand(input), withSignal(signal)),
  );
};

interface Begun {
  readonly UploadId: string;
  /** MD5 in hex by the part's number. */
  readonly arrived: ReadonlyMap<number, string>;
}

/** The newest upload of the key that was begun, with the parts that have arrived by their MD5; else a new one. */
const beginning = async (upload: Upload): Promise<Begun> => {
  const { bucket, key, signal, artifact } = upload;
  const path = key.slice(bucket.key('').length);
  const pending = (await Array.fromAsync(bucket.uploads(path, signal))).filter((one) => one.key === key);
  const newest = pending.sort((a, b) => b.begun.getTime() - a.begun.getTime())[0];
  if (newest) return { UploadId: newest.uploadId, arrived: await arrivedParts(bucket, newest, signal) };
  const input = { ...addressOf(upload), ...metadataOf(upload) };
  const { UploadId = '' } = await bucket.asked(`beginning ${artifact.path}`, () =>
    bucket.client.send(new CreateMultipartUploadCommand(input), withSignal(signal)),
  );
  return { UploadId, arrived: new Map() };
};

const abort = async (upload: Upload, UploadId: string): Promise<void> => {
  const input = { ...addressOf(upload), UploadId };
  await upload.bucket.client.send(new AbortMultipartUploadCommand(input)).catch(() => undefined);
};
