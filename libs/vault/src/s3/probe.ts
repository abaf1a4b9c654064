import { randomBytes, randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Bucket, withSignal } from './bucket.js';
import { removeObjects } from './remove-objects.js';
import { wholeBody } from './whole-body.js';

const FOLDER = '.doctor';

/** Does on a small object what a backup does: writes, reads back, lists and deletes it, whole and in parts. Leaves nothing. */
export const probe = async (bucket: Bucket, signal: AbortSignal): Promise<void> => {
  const path = `${FOLDER}/${randomUUID()}`;
  const content = randomBytes(1000);
  try {
    for (const write of [put, putInParts]) {
      await write(bucket, path, { content, signal });
      await checkContent(bucket, path, { content, signal });
      await checkListed(bucket, path, signal);
      await remove(bucket, path, signal);
    }
  } finally {
    await removeObjects(bucket, path, signal).catch(() => undefined);
  }
};

interface Probe {
  readonly content: Buffer;
  readonly signal: AbortSignal;
}

const addressOf = (bucket: Bucket, path: string) => ({ Bucket: bucket.name, Key: bucket.key(path) });

const put = async (bucket: Bucket, path: string, { content, signal }: Probe): Promise<void> => {
  const input = { ...addressOf(bucket, path), Body: content, IfNoneMatch: '*' };
  await bucket.asked('writing an object', () =>
    bucket.client.send(new PutObjectCommand(input), withSignal(signal)),
  );
};

const putInParts = async (bucket: Bucket, path: string, { content, signal }: Probe): Promise<void> => {
  const { client } = bucket;
  const address = addressOf(bucket, path);
  await bucket.asked('writing an object in parts', async () => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(address), withSignal(signal));
    const part = { ...address, UploadId, PartNumber: 1, Body: content };
    const { ETag } = await client.send(new UploadPartCommand(part), withSignal(signal));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const input = { ...address, UploadId, MultipartUpload };
    await client.send(new CompleteMultipartUploadCommand(input), withSignal(signal));
  });
};

const checkContent = (bucket: Bucket, path: string, { content, signal }: Probe): Promise<void> =>
  bucket.asked('reading an object', async () => {
    const command = new GetObjectCommand(addressOf(bucket, path));
    const answer = await bucket.client.send(command, withSignal(signal));
    const read = Buffer.concat(await Array.fromAsync(wholeBody(answer, path)));
    if (!read.equals(content)) throw new Error('other bytes came back than were written');
  });

const checkListed = async (bucket: Bucket, path: string, signal: AbortSignal): Promise<void> => {
  for await (const { key } of bucket.objects(path, signal)) if (key === bucket.key(path)) return;
  throw new Error(`an object that was written to s3://${bucket.name} is not in its listing`);
};

const remove = async (bucket: Bucket, path: string, signal: AbortSignal): Promise<void> => {
  await bucket.asked('deleting an object', () =>
    bucket.client.send(new DeleteObjectCommand(addressOf(bucket, path)), withSignal(signal)),
  );
  for await (const { key } of bucket.objects(path, signal))
    throw new Error(`${key} is still in s3://${bucket.name} although the server has deleted it`);
};
