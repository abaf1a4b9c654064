import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from '@nocodb-backup/testing';
import type { CliContext } from '../context.js';
import { bucketCheck } from './check-bucket.js';

describe('the check of the bucket', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
    await server.createBucket('mine');
  }, 600_000);
  afterAll(() => server.stop());

  const found = (more: Record<string, string> = {}) => {
    const env = {
      NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
      NOCODB_BACKUP_S3_BUCKET: 'mine',
      NOCODB_BACKUP_S3_REGION: server.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
      ...more,
    };
    const context = { environment: () => env } as unknown as CliContext;
    return bucketCheck(context).find(AbortSignal.timeout(30_000));
  };

  it('is content with a bucket that does what it should', async () => {
    expect(await found()).toEqual({ status: 'ok', text: expect.stringContaining('s3://mine/nocodb-backup') });
  });

  it('does not look where none is wanted', async () => {
    expect(await found({ NOCODB_BACKUP_S3_BUCKET: '' })).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['the secret key', { NOCODB_BACKUP_S3_SECRET_KEY: 'not-this-one' }, /NOCODB_BACKUP_S3_SECRET_KEY/],
    ['the key', { NOCODB_BACKUP_S3_ACCESS_KEY: 'NOBODY' }, /NOCODB_BACKUP_S3_ACCESS_KEY/],
    ['the bucket', { NOCODB_BACKUP_S3_BUCKET: 'not-there' }, /no such bucket/],
  ])('says that %s is wrong, and prints no key', async (_, more, text) => {
    const { status, ...rest } = await found(more);
    expect(status).toBe('fail');
    expect(rest.text).toMatch(text);
    expect(JSON.stringify(rest)).not.toMatch(/not-this-one|NOBODY/);
  });
});
