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
  const head = () => bucket.client.send(new HeadObjectCommand(address), options);
  const firstByte = () =>
    bucket.client.send(new GetObjectCommand({ ...address, Range: 'bytes=0-0' }), options);
  const asked = async () => {
    try {
      return await head();
    } catch (error) {
      if (isMissing(error) || !isRefused(error)) throw error;
      // Where the clock is wrong, the SDK has learned the time from the refusal, and the next request is fine.
      await firstByte();
      return head();
    }
  };
  return bucket.asked(what, () => asked().catch(unlessMissing));
};

const unlessMissing = (error: unknown): undefined => {
  if (!isMissing(error)) throw error;
};

/** The answer to HEAD has no body, and so no reason: whoever asks for the object is told. */
const isRefused = (error: unknown): boolean => {
  const { $metadata } = Object(error) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 300 && status < 500;
};
