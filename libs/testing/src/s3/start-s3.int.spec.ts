import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type S3Server, startS3 } from './start-s3.js';

describe('an S3 server for tests', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());

  it('answers as S3 does, and lets nobody in without keys', async () => {
    const response = await fetch(`${server.url}/nobody`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('NoSuchBucket');
    expect((await fetch(`${server.url}/new`, { method: 'PUT' })).status).toBe(403);
  });

  it('makes buckets', async () => {
    await server.createBucket('mine');
    await server.createBucket('mine');
    expect((await fetch(`${server.url}/mine`)).status).toBe(403);
  });

  it('is there again after it was killed', async () => {
    await server.kill();
    await expect(fetch(server.url)).rejects.toThrow();
    await server.restart();
    expect((await fetch(server.url)).status).toBe(200);
  }, 60_000);
});
