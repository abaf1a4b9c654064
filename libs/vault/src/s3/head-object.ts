import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { type Bucket, withSignal } from './bucket.js';
import { isMissing } from './s3-error.js';

/** What the server knows of an object, or undefined where there is none. `what` is said of it in errors. */
export const headObject = (
  bucket: Bucket,
  Key: string,
  { what, signal }: { readonly what: string; readonly signal?: AbortSignal | undefined },
): Promise<HeadObjectCommandOutput | undefined> => {
  const address = { Bucket: bucket.name, Key };
  const options = withSignal(signal);
  return bucket.asked(what, async () => {
    try {
      return await bucket.client.send(new HeadObjectCommand(address), options);
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (isRefused(error))
        await bucket.client.send(new GetObjectCommand({ ...address, Range: 'bytes=0-0' }), options);
      throw error;
    }
  });
};

/** The answer to HEAD has no body, and so no reason: whoever asks for the object is told. */
const isRefused = (error: unknown): boolean => {
  const { $metadata } = Object(error) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 300 && status < 500;
};
