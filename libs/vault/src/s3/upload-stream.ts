import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { PermanentError } from '@nocodb-backup/events';
import { pieces } from '../pieces.js';
import type { Stored } from '../store-file.js';
import { type Bucket, withSignal } from './bucket.js';
import { Lanes } from './lanes.js';

const inFlight = 32 * 1024 * 1024;
const mostParts = 10_000;

interface Target {
  readonly bucket: Bucket;
  readonly key: string;
  /** How messages name it. */
  readonly path: string;
  readonly signal: AbortSignal | undefined;
}

/** Puts a stream of unknown length under a key, part after part, digested in passing. After an error nothing is left. */
export const uploadStream = async (target: Target, source: AsyncIterable<Uint8Array>): Promise<Stored> => {
  const hash = createHash('sha256');
  let bytes = 0;
  const parts = new Parts(target);
  try {
    for await (const piece of pieces(source, target.bucket.connection.partBytes)) {
      target.signal?.throwIfAborted();
      hash.update(piece.bytes);
      bytes += piece.bytes.length;
      if (piece.index === 0 && piece.isLast) await parts.put(piece.bytes);
      else await parts.send(piece.index + 1, piece.bytes);
    }
    await parts.complete();
  } catch (error) {
    await parts.abort();
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
};

class Parts {
  private readonly lanes: Lanes;
  private readonly tags: string[] = [];
  private uploadId: string | undefined;

  constructor(private readonly target: Target) {
    this.lanes = new Lanes(Math.max(1, Math.floor(inFlight / target.bucket.connection.partBytes)));
  }

  /** The whole object at once. */
  async put(bytes: Buffer): Promise<void> {
    const input = { ...this.address(), Body: bytes, ContentMD5: md5Of(bytes).toString('base64') };
    await this.asked('storing', (client, options) => client.send(new PutObjectCommand(input), options));
  }

  async send(number: number, bytes: Buffer): Promise<void> {
    if (number > mostParts) throw tooLarge(this.target);
    this.uploadId ??= await this.begun();
    const md5 = md5Of(bytes);
    this.tags.push(`"${md5.toString('hex')}"`);
    const input = {
      ...this.address(),
      UploadId: this.uploadId,
      PartNumber: number,
      Body: bytes,
      ContentMD5: md5.toString('base64'),
    };
    await this.lanes.run(() =>
      this.asked(`sending part ${number} of`, (client, options) =>
        client.send(new UploadPartCommand(input), options),
      ).then(() => undefined),
    );
  }

  async complete(): Promise<void> {
    await this.lanes.ended();
    if (this.uploadId === undefined) return;
    const Parts = this.tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const input = { ...this.address(), UploadId: this.uploadId, MultipartUpload: { Parts } };
    await this.asked('completing', (client, options) =>
      client.send(new CompleteMultipartUploadCommand(input), options),
    );
  }

  /** Also when the signal has fired: what is left behind costs money. */
  async abort(): Promise<void> {
    await this.lanes.ended().catch(() => undefined);
    if (this.uploadId === undefined) return;
    const input = { ...this.address(), UploadId: this.uploadId };
    await this.target.bucket.client.send(new AbortMultipartUploadCommand(input)).catch(() => undefined);
  }

  private async begun(): Promise<string> {
    const { UploadId = '' } = await this.asked('beginning', (client, options) =>
      client.send(new CreateMultipartUploadCommand(this.address()), options),
    );
    return UploadId;
  }

  private address() {
    return { Bucket: this.target.bucket.name, Key: this.target.key };
  }

  private asked<T>(
    what: string,
    ask: (client: Bucket['client'], options: ReturnType<typeof withSignal>) => Promise<T>,
  ): Promise<T> {
    const { bucket, path, signal } = this.target;
    return bucket.asked(`${what} ${path}`, () => ask(bucket.client, withSignal(signal)));
  }
}

const md5Of = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

const tooLarge = ({ path, bucket }: Target): PermanentError =>
  new PermanentError(
    `${path} is larger than ${mostParts} parts of ${bucket.connection.partBytes} bytes: raise NOCODB_BACKUP_S3_PART_MIB`,
  );
