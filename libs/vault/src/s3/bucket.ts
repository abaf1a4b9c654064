import { ListMultipartUploadsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { PartMemory } from './part-memory.js';
import { s3Client } from './s3-client.js';
import { s3Error } from './s3-error.js';
import type { S3Connection } from './s3-settings.js';

/** An object as a listing tells of it. */
export interface Listed {
  readonly key: string;
  readonly bytes: number;
}

export interface PendingUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly begun: Date;
}

/** Bytes of all parts that are on their way at once. */
const mostPartBytes = 48 * 1024 * 1024;

/** One bucket of one server; what lies outside of the prefix is nobody's business here. */
export class Bucket {
  readonly client: S3Client;
  readonly name: string;
  /** For the parts of files of known size. */
  readonly memory: PartMemory;

  constructor(readonly connection: S3Connection) {
    this.client = s3Client(connection);
    this.name = connection.bucket;
    this.memory = new PartMemory(connection.partBytes, mostPartBytes);
  }

  /** The key of a path below the prefix. */
  key(path: string): string {
    return `${this.connection.prefix}/${path}`;
  }

  /** What `ask` answers; its error in words. `what` is said of it, such as `reading manifest.json`. */
  async asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw s3Error(error, this.connection, what);
    }
  }

  /** Every object below a path, a page of 1000 at a time. */
  async *objects(path: string, signal?: AbortSignal): AsyncGenerator<Listed> {
    for await (const { Contents = [] } of this.pages({ Prefix: this.key(path) }, signal))
      for (const { Key: key = '', Size: bytes = 0 } of Contents) yield { key, bytes };
  }

  /** The names of the folders directly below the prefix, or below a folder (`name/`) of it. */
  async *folders(below = '', signal?: AbortSignal): AsyncGenerator<string> {
    const prefix = this.key(below);
    for await (const { CommonPrefixes = [] } of this.pages({ Prefix: prefix, Delimiter: '/' }, signal))
      for (const { Prefix = '' } of CommonPrefixes) yield Prefix.slice(prefix.length).replace(/\/$/, '');
  }

  /** Uploads below a path that were begun and not completed. */
  async *uploads(path: string, signal?: AbortSignal): AsyncGenerator<PendingUpload> {
    let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (marker) {
      const input = { Bucket: this.name, Prefix: this.key(path), ...marker };
      const page = await this.asked('listing unfinished uploads', () =>
        this.client.send(new ListMultipartUploadsCommand(input), withSignal(signal)),
      );
      for (const { Key: key = '', UploadId: uploadId = '', Initiated: begun = new Date() } of page.Uploads ??
        [])
        yield { key, uploadId, begun };
      marker = nextOf(page);
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async *pages(where: { Prefix: string; Delimiter?: string }, signal?: AbortSignal) {
    let token: string | undefined;
    do {
      const input = { Bucket: this.name, ...where, ...(token !== undefined && { ContinuationToken: token }) };
      const page = await this.asked('listing', () =>
        this.client.send(new ListObjectsV2Command(input), withSignal(signal)),
      );
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }
}

/** What the SDK's `send` takes for a signal that there may be. */
export const withSignal = (signal?: AbortSignal) => (signal ? { abortSignal: signal } : {});

interface Marked {
  readonly IsTruncated?: boolean | undefined;
  readonly NextKeyMarker?: string | undefined;
  readonly NextUploadIdMarker?: string | undefined;
}

const nextOf = ({ IsTruncated, NextKeyMarker, NextUploadIdMarker }: Marked) =>
  IsTruncated === true
    ? {
        ...(NextKeyMarker !== undefined && { KeyMarker: NextKeyMarker }),
        ...(NextUploadIdMarker !== undefined && { UploadIdMarker: NextUploadIdMarker }),
      }
    : undefined;
