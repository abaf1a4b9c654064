import type { Artifact } from '@nocodb-backup/events';
import type { Bucket } from './bucket.js';

/** A file of known size and digest that is put under a key. */
export interface Upload {
  readonly bucket: Bucket;
  readonly key: string;
  /** What the bytes must turn out to be. */
  readonly artifact: Pick<Artifact, 'path' | 'bytes' | 'sha256'>;
  readonly source: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Where it goes, for the SDK. */
export const addressOf = ({ bucket, key }: Upload) => ({ Bucket: bucket.name, Key: key });

/** What is kept with it. */
export const metadataOf = ({ artifact }: Upload) => ({ Metadata: { sha256: artifact.sha256 } });
