import { createHmac } from 'node:crypto';

export interface BucketPlace {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a bucket; one that is there already is fine. */
export const createBucket = (place: BucketPlace, name: string): Promise<void> =>
  send(place, 'PUT', `/${name}`);

/** Lets nobody do these things (`s3:PutObject`) to the objects of a bucket; nothing is forbidden by none. */
export const forbid = (place: BucketPlace, name: string, actions: readonly string[]): Promise<void> => {
  if (actions.length === 0) return send(place, 'DELETE', `/${name}?policy`);
  const Statement = [
    { Effect: 'Deny', Principal: '*', Action: actions, Resource: [`arn:aws:s3:::${name}/*`] },
  ];
  return send(place, 'PUT', `/${name}?policy`, JSON.stringify({ Version: '2012-10-17', Statement }));
};

/** Signed the old way, which needs no library. */
const send = async (place: BucketPlace, method: string, path: string, body?: string): Promise<void> => {
  const date = new Date().toUTCString();
  const signature = createHmac('sha1', place.secretAccessKey)
    .update(`${method}\n\n\n${date}\n${path}`)
    .digest('base64');
  const headers = { date, authorization: `AWS ${place.accessKeyId}:${signature}` };
  const answer = await fetch(`${place.url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: Buffer.from(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
};
