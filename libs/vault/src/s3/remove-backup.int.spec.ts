import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { type S3Server, startS3 } from '@nocodb-backup/testing';
import { s3Client } from './s3-client.js';
import { S3Vault } from './s3-vault.js';

const id = '2026-02-05_05-15-00';
/** Of `12345`. */
const sealedWith = '5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5';
const HOUR_MS = 3_600_000;

describe('removing a backup from a bucket that does not let go', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());

  const connectionTo = (bucket: string) => ({
    bucket,
    endpoint: server.url,
    region: server.region,
    keys: server,
    prefix: 'p',
    partBytes: 5 * 1024 * 1024,
  });
  const bucketOf = async (bucket: string, isLocking: boolean) => {
    const connection = connectionTo(bucket);
    const client = s3Client(connection);
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: isLocking }));
    return { client, Bucket: bucket, vault: new S3Vault(connection) };
  };
  const filled = async ({ client, Bucket }: Awaited<ReturnType<typeof bucketOf>>, more: object = {}) => {
    for (const name of ['database.sql.gz', 'manifest.json'])
      await client.send(new PutObjectCommand({ Bucket, Key: `p/${id}/${name}`, Body: '12345', ...more }));
  };

  it('leaves a locked backup whole, and says until when', async () => {
    const place = await bucketOf('locking', true);
    const ObjectLockRetainUntilDate = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR_MS);
    await filled(place, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate });
    const removal = place.vault.remove(id, sealedWith);
    await expect(removal).rejects.toBeInstanceOf(PermanentError);
    await expect(removal).rejects.toThrow(
      `is locked in s3://locking/p at ${new URL(server.url).origin} (Object Lock) until ${ObjectLockRetainUntilDate.toISOString()}: nothing was removed`,
    );
    expect((await place.vault.backups()).sealed).toEqual([id]);
    expect(await Array.fromAsync(place.vault.files(id))).toHaveLength(2);
  });

  it('tells that a bucket with versions keeps what it removed, and heeds a legal hold', async () => {
    const place = await bucketOf('versions', true);
    await filled(place);
    const hold = { Bucket: 'versions', Key: `p/${id}/manifest.json` };
    await place.client.send(new PutObjectLegalHoldCommand({ ...hold, LegalHold: { Status: 'ON' } }));
    await expect(place.vault.remove(id, sealedWith)).rejects.toThrow(/legal hold/);
    await place.client.send(new PutObjectLegalHoldCommand({ ...hold, LegalHold: { Status: 'OFF' } }));
    const { warnings, ...figures } = await place.vault.remove(id, sealedWith);
    expect(figures).toEqual({ files: 2, bytes: 10 });
    expect(warnings).toEqual([expect.stringContaining('lifecycle rule')]);
    expect(await place.vault.backups()).toEqual({ sealed: [], unsealed: [] });
  });

  it('says so when the key may not delete, and leaves the backup whole', async () => {
    const place = await bucketOf('denying', false);
    await filled(place);
    const [Action, Resource] = [['s3:DeleteObject'], ['arn:aws:s3:::denying/*']];
    const Statement = [{ Effect: 'Deny', Principal: '*', Action, Resource }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await place.client.send(new PutBucketPolicyCommand({ Bucket: 'denying', Policy }));
    const removal = place.vault.remove(id, sealedWith);
    await expect(removal).rejects.toBeInstanceOf(PermanentError);
    await expect(removal).rejects.toThrow(/removing p\/.*manifest\.json .* access denied: the key needs to/);
    expect((await place.vault.backups()).sealed).toEqual([id]);
  });
});
