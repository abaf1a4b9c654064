import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { PermanentError } from '@nocodb-backup/events';
import { arrivedParts } from './arrived-parts.js';
import { withSignal } from './bucket.js';
import { checkFree } from './check-free.js';
import { type FilledPart, filledParts, spending } from './filled-parts.js';
import { headObject } from './head-object.js';
import { checking } from './integrity.js';
import { Lanes } from './lanes.js';
import type { PartMemory } from './part-memory.js';
import { addressOf, conditionOf, metadataOf, type Upload } from './upload.js';

/** Bytes of parts of one file that are sent at once; larger parts are sent one after the other. */
const inFlight = 32 * 1024 * 1024;

/** Sends a file in parts of one size, behind those that have arrived; answers the tag that the server is to give it. */
export const sendParts = async (upload: Upload, partBytes: number): Promise<string> => {
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
  const MultipartUpload = { Parts };
  const input = { ...addressOf(upload), ...conditionOf(upload), UploadId, MultipartUpload };
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
  const { memory } = upload.bucket;
  const check = checking(upload.artifact);
  const digests: Buffer[] = [];
  const lanes = new Lanes(Math.max(1, Math.floor(inFlight / partBytes)));
  const send = async (part: FilledPart, md5: Buffer) => {
    const sent = { UploadId, number: part.index + 1, bytes: part.bytes, md5 };
    await spending(part, memory, () => sendPart(upload, sent));
  };
  try {
    for await (const part of filledParts(upload.source, { size: partBytes, memory, signal: upload.signal })) {
      check.add(part.bytes);
      const md5 = createHash('md5').update(part.bytes).digest();
      digests.push(md5);
      if (arrived.get(part.index + 1) === md5.toString('hex')) memory.give(part.block);
      else await orDrop(part, memory, () => lanes.run(() => send(part, md5)));
    }
    check.end();
    await checkStillFree(upload);
  } finally {
    await lanes.ended();
  }
  return digests;
};

/** Asked last, as not every server heeds a condition when parts are put together. */
const checkStillFree = async ({ bucket, key, artifact, signal, isBegun }: Upload): Promise<void> => {
  if (isBegun) return;
  checkFree(
    bucket,
    artifact,
    await headObject(bucket, key, { what: `looking for ${artifact.path}`, signal }),
  );
};

/** What was not begun, as another part has failed, gives its memory back, too. */
const orDrop = async (
  { block }: FilledPart,
  memory: PartMemory,
  begin: () => Promise<void>,
): Promise<void> => {
  try {
    await begin();
  } catch (error) {
    memory.drop(block);
    throw error;
  }
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
