import { createHmac } from 'node:crypto';

export interface BucketPlace {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a bucket; one that is there already is fine. Signed the old way, which needs no library. */
export const createBucket = async (place: BucketPlace, name: string): Promise<void> => {
  const date = new Date().toUTCString();
  const signature = createHmac('sha1', place.secretAccessKey)
    .update(`PUT\n\n\n${date}\n/${name}`)
    .digest('base64');
  const headers = { date, authorization: `AWS ${place.accessKeyId}:${signature}` };
  const answer = await fetch(`${place.url}/${name}`, { method: 'PUT', headers });
  if (!answer.ok) throw new Error(`no bucket ${name}: ${answer.status} ${await answer.text()}`);
};
