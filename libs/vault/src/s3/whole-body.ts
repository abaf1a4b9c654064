import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';

/** The bytes of an answer. Throws when there are fewer than the server announced: a connection may end as if all were well. */
export async function* wholeBody(
  { Body, ContentLength }: GetObjectCommandOutput,
  name: string,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    yield chunk;
  }
  if (ContentLength !== undefined && bytes !== ContentLength)
    throw new Error(`${name} ended after ${bytes} of ${ContentLength} bytes`);
}
