import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { VerificationRequested } from '@nocodb-backup/events';
import { parseConfig } from '@nocodb-backup/service';
import { type S3Server, startS3 } from '@nocodb-backup/testing';
import { DirectoryVault, type S3Vault, S3Settings, s3VaultOf } from '@nocodb-backup/vault';
import { RestorerConfig } from '../config.js';
import { placesOf } from './places.js';
import { ID, Sandbox, TABLE } from './verification.harness.js';
import { verifyBackup } from './verify-backup.js';

jest.setTimeout(60_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const PATH = `${TABLE}/records.json.gz`;
let server: S3Server;
let sandbox: Sandbox;
let bucket: S3Vault;
let buckets = 0;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startS3();
}, 600_000);
afterAll(() => server.stop());
beforeEach(async () => {
  sandbox = await Sandbox.make();
  const name = `verified-${++buckets}`;
  await server.createBucket(name);
  env = {
    NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
    NOCODB_BACKUP_S3_BUCKET: name,
    NOCODB_BACKUP_S3_REGION: server.region,
    NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
    NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
  };
  const vault = s3VaultOf(parseConfig(S3Settings, env));
  if (!vault) throw new Error('no bucket is named');
  bucket = vault;
  await sandbox.seal();
});
afterEach(async () => {
  bucket.close();
  await sandbox.remove();
});

const signal = AbortSignal.timeout(60_000);
/** Brings the backup to the bucket, as it lies in the directory by now. */
const upload = async () => {
  const vault = new DirectoryVault(sandbox.root);
  for await (const { path } of vault.files(ID)) {
    if (path === 'manifest.json') continue;
    const source = await vault.open(ID, path);
    await bucket.upload(ID, await vault.digest(ID, path), { source, signal });
  }
  await bucket.writeManifest(ID, await vault.readManifest(ID));
};
const verified = (more: Record<string, string> = {}) => {
  const settings = { ...env, ...more, NOCODB_BACKUP_DIR: sandbox.root };
  const request = { backupId: ID, n: 'a', kind: 'verify', sample: 'full' } as VerificationRequested['data'];
  return verifyBackup({
    request,
    places: placesOf(parseConfig(RestorerConfig, settings)),
    manifest: undefined,
    delivery: { signal, progress: () => undefined },
  });
};

describe('a verification of a backup that lies in two places', () => {
  it('reads every file in both', async () => {
    await upload();
    expect(await verified()).toMatchObject({
      ...{ destinations: ['local', 's3'], files: 60, tables: 1, rows: 3 },
      ...{ findings: [], trouble: undefined },
    });
  });

  it('names the place of the damage, and looks into the other copy', async () => {
    await sandbox.flip(PATH);
    await upload();
    await sandbox.flip(PATH);
    const { findings, rows } = await verified();
    expect(findings).toEqual([expect.stringMatching(`^s3: ${PATH}: its bytes have changed`)]);
    expect(rows).toBe(3);
  });

  it('finds what is missing in the bucket', async () => {
    expect((await verified()).findings).toEqual([expect.stringMatching(/^s3: there is no backup/)]);
  });

  it.each([
    ['has another key', { NOCODB_BACKUP_S3_SECRET_KEY: 'wrong' }, /secret key is wrong/],
    ['is not there', { NOCODB_BACKUP_S3_BUCKET: 'nowhere' }, /no such bucket/],
  ])('says of a bucket that %s that it could not look there, which is no damage', async (_, more, reason) => {
    await upload();
    const away = await verified(more);
    expect(away).toMatchObject({ destinations: ['local'], findings: [] });
    expect(away.trouble?.message).toMatch(reason);
    await sandbox.flip(PATH);
    const both = await verified(more);
    expect(both.findings).toEqual([expect.stringMatching(`^local: ${PATH}`)]);
    expect(both.trouble?.message).toMatch(/^s3: /);
  });
});
