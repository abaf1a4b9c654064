import { ListPartsCommand } from '@aws-sdk/client-s3';
import { type Bucket, withSignal } from './bucket.js';

export interface Begun {
  readonly key: string;
  readonly uploadId: string;
}

/** The parts of an upload that lie at the server: MD5 in hex by the part's number. */
export const arrivedParts = async (
  bucket: Bucket,
  { key, uploadId }: Begun,
  signal?: AbortSignal,
): Promise<Map<number, string>> => {
  const arrived = new Map<number, string>();
  let marker: string | undefined;
  do {
    const input = {
      Bucket: bucket.name,
      Key: key,
      UploadId: uploadId,
      ...(marker !== undefined && { PartNumberMarker: marker }),
    };
    const page = await bucket.asked(`listing the parts of ${key}`, () =>
      bucket.client.send(new ListPartsCommand(input), withSignal(signal)),
    );
    for (const { PartNumber = 0, ETag = '' } of page.Parts ?? [])
      arrived.set(PartNumber, ETag.replaceAll('"', ''));
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return arrived;
};

/** An upload that was begun and not completed: it goes on, or costs money for ever. */
export interface Unfinished {
  readonly key: string;
  readonly begun: Date;
  /** How many parts have arrived. */
  readonly parts: number;
}

/** Every unfinished upload below the prefix. */
export const unfinished = async (bucket: Bucket, signal?: AbortSignal): Promise<Unfinished[]> => {
  const found = [];
  for await (const { key, uploadId, begun } of bucket.uploads('', signal))
    found.push({ key, begun, parts: (await arrivedParts(bucket, { key, uploadId }, signal)).size });
  return found;
};
