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
  /** Something lies there that an earlier try of the same upload left: only that may be overwritten. */
  readonly isBegun?: boolean;
}

/** Where it goes, for the SDK. */
export const addressOf = ({ bucket, key }: Upload) => ({ Bucket: bucket.name, Key: key });

/** Where the key was free it must still be: whoever was faster is not overwritten. */
export const conditionOf = ({ isBegun }: Upload) => (isBegun ? {} : { IfNoneMatch: '*' });

/** What is kept with it. */
export const metadataOf = ({ artifact }: Upload) => ({ Metadata: { sha256: artifact.sha256 } });
