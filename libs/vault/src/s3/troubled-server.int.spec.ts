import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import {
  s3Refusal,
  type S3Front,
  type S3Seen,
  type S3Server,
  startS3,
  startS3Front,
} from '@nocodb-backup/testing';
import { arrivedParts } from './arrived-parts.js';
import { Bucket } from './bucket.js';
import type { S3Connection } from './s3-settings.js';
import { S3Vault } from './s3-vault.js';

jest.setTimeout(60_000);
const id = '2026-02-05_05-15-00';
const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const large = randomBytes(12 * MIB);
const small = randomBytes(1000);
const signal = AbortSignal.timeout(300_000);
const artifactOf = (content: Uint8Array) => ({
  path: 'database.sql.gz',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

let server: S3Server;
let front: S3Front;
let connection: S3Connection;
let vault: S3Vault;
let buckets = 0;

beforeAll(async () => {
  server = await startS3();
  front = await startS3Front(server.url);
}, 600_000);
afterAll(async () => {
  await front.stop();
  await server.stop();
});
beforeEach(async () => {
  front.treat(() => undefined);
  const { region, accessKeyId, secretAccessKey } = server;
  connection = {
    bucket: `troubled-${++buckets}`,
    endpoint: front.url,
    region,
    keys: { accessKeyId, secretAccessKey },
    prefix: 'some/prefix',
    partBytes: 5 * MIB,
  };
  await server.createBucket(connection.bucket);
  vault = new S3Vault(connection);
});
afterEach(() => {
  jest.restoreAllMocks();
  vault.close();
});

const upload = (content: Uint8Array, to = vault) =>
  to.upload(id, artifactOf(content), { source: Readable.from([content]), signal });
const impatiently = async <Result>(work: (hasty: S3Vault) => Promise<Result>): Promise<Result> => {
  const hasty = new S3Vault({ ...connection, silenceMs: 400 });
  return work(hasty).finally(() => {
    hasty.close();
  });
};
/** Why it was not uploaded. */
const refusal = async (content: Uint8Array) => {
  const error: unknown = await impatiently((hasty) => upload(content, hasty)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error as Error | undefined;
};
const isPut = ({ method }: S3Seen) => method === 'PUT';
const isCompletion = ({ method, path }: S3Seen) => method === 'POST' && path.includes('uploadId=');

describe('a server in trouble', () => {
  it('is asked again where it answers 500 and 503 at times, and nothing is lost or left', async () => {
    let count = 0;
    front.treat(() => {
      count++;
      if (count % 3 === 0) return s3Refusal(503, 'ServiceUnavailable');
      return count % 4 === 0 ? s3Refusal(500, 'InternalError') : undefined;
    });
    await upload(large);
    await vault.writeManifest(id, Buffer.from('{}'));
    expect(await vault.digest(id, 'database.sql.gz')).toEqual(artifactOf(large));
    expect(await vault.unfinished()).toEqual([]);
    expect(count).toBeGreaterThan(10);
  });

  it.each([
    ['503', s3Refusal(503, 'ServiceUnavailable'), /overloaded, or has trouble/],
    ['500', { status: 500, body: 'oh' }, /overloaded, or has trouble/],
    ['507', { status: 507 }, /no room left: raise the quota of the bucket, or delete backups/],
    ['QuotaExceeded', s3Refusal(403, 'QuotaExceeded'), /no room left/],
    ['RequestTimeTooSkewed', s3Refusal(403, 'RequestTimeTooSkewed'), /clock of this machine.*timedatectl/],
    ['nothing, and hangs up', 'reset' as const, /connection was cut/],
    ['nothing', 'hang' as const, /is the server there.*Timeout/],
  ])(
    'that answers %s for ever is told of in a sentence, and may be asked later',
    async (_, treatment, words) => {
      front.treat((seen) => (isPut(seen) ? treatment : undefined));
      const error = await refusal(small);
      expect(error?.message).toMatch(words);
      expect(error).not.toBeInstanceOf(PermanentError);
      front.treat(() => undefined);
      await upload(small);
    },
  );

  it('is not believed when it says that all is well, and then that it is not', async () => {
    const { body } = s3Refusal(200, 'InternalError');
    front.treat((seen) => (isCompletion(seen) ? { status: 200, body } : undefined));
    expect((await refusal(large))?.message).toMatch(/completing database\.sql\.gz .* overloaded/);
    await expect(vault.open(id, 'database.sql.gz')).rejects.toThrow(/is missing/);
    await vault.sweepUnsealed(id);
    expect(await vault.unfinished()).toEqual([]);
  });

  it('is not believed when it says that all is well, and keeps nothing', async () => {
    front.treat((seen) => (isPut(seen) ? { status: 200, headers: { etag: '"x"' } } : undefined));
    expect((await refusal(small))?.message).toMatch(/something else \(0 bytes of 1000\)/);
  });

  it('that stops in the middle of an answer ends the read with an error', async () => {
    await upload(large);
    front.treat(() => 'stall');
    await expect(impatiently((hasty) => hasty.digest(id, 'database.sql.gz'))).rejects.toThrow();
  });

  it('whose disk is full is told of, and after there is room again the upload goes on', async () => {
    await server.setQuota(1000);
    await upload(large).catch(() => undefined);
    await expect(upload(small)).rejects.toThrow(/no room|connection was cut/);
    await server.setQuota(undefined);
    await upload(large);
    expect(await vault.digest(id, 'database.sql.gz')).toEqual(artifactOf(large));
    expect(await vault.unfinished()).toEqual([]);
  });

  it.each([-3 * HOUR_MS, 3 * HOUR_MS])(
    'is told the time of its own clock where ours is off by %i ms, and after that is set right',
    async (off) => {
      const now = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + off);
      await upload(small);
      expect(await vault.digest(id, 'database.sql.gz')).toEqual(artifactOf(small));
      // Somebody sets it right.
      jest.restoreAllMocks();
      const more = { ...artifactOf(large), path: 'nocodb-data.tar.gz' };
      await vault.upload(id, more, { source: Readable.from([large]), signal });
      expect(await vault.digest(id, more.path)).toEqual(more);
    },
  );

  it.each(['NotImplemented', 'MissingContentMD5'])(
    'that does not delete many at once (%s) is asked to delete each one',
    async (code) => {
      await upload(small);
      await vault.writeManifest(id, Buffer.from('{}'));
      front.treat(({ path }) => (path.includes('?delete') ? s3Refusal(400, code) : undefined));
      expect(
        await vault.remove(id, '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'),
      ).toMatchObject({ files: 2, warnings: [] });
      expect(await vault.backups()).toEqual({ sealed: [], unsealed: [] });
    },
  );
});

describe('what is sent to a server of one’s own', () => {
  it('names the bucket in the path, carries an MD5, and no checksum of the newer kinds', async () => {
    const before = front.seen.length;
    // A name, as for an address of numbers the SDK has no choice.
    const named = new S3Vault({ ...connection, endpoint: front.url.replace('127.0.0.1', 'localhost') });
    await upload(large, named);
    await named.writeManifest(id, Buffer.from('{}'));
    await named.digest(id, 'database.sql.gz');
    named.close();
    const own = front.seen.slice(before);
    expect(own.every(({ path }) => path.startsWith(`/${connection.bucket}`))).toBe(true);
    expect(own.filter((seen) => isPut(seen) && seen.headers['content-md5'] === undefined)).toEqual([]);
    expect(own.filter(isPut)).toHaveLength(4);
    const names = own.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => /x-amz-(checksum|sdk-checksum|trailer)/.test(name))).toEqual([]);
  });
});

describe('without keys of our own', () => {
  const unset = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const withVariables = async (variables: Partial<Record<keyof typeof unset, string>>) => {
    const before = process.env;
    process.env = { ...before, ...unset, ...variables };
    const own = new S3Vault({ ...connection, keys: undefined });
    return own.backups().finally(() => {
      own.close();
      process.env = before;
    });
  };

  it('those of the environment are taken', async () => {
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = server;
    expect(await withVariables({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })).toEqual({
      sealed: [],
      unsealed: [],
    });
  });

  it('those that the container’s or the instance’s own service hands out are taken', async () => {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = server;
    const Expiration = new Date(Date.now() + HOUR_MS).toISOString();
    const handing = createServer((_, response) =>
      response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token: '', Expiration })),
    );
    await once(handing.listen(0, '127.0.0.1'), 'listening');
    const { port } = handing.address() as AddressInfo;
    try {
      const AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${port}/role`;
      expect(await withVariables({ AWS_CONTAINER_CREDENTIALS_FULL_URI })).toEqual({
        sealed: [],
        unsealed: [],
      });
    } finally {
      handing.closeAllConnections();
      handing.close();
    }
  });

  it('and none of the SDK’s either, the variables are named', async () => {
    await expect(withVariables({})).rejects.toThrow(/no credentials: set NOCODB_BACKUP_S3_ACCESS_KEY/);
  });
});

describe('what is more than one answer lists', () => {
  const most = 1_001;
  const inTurns = async (work: (index: number) => Promise<unknown>) => {
    for (let start = 0; start < most; start += 91)
      await Promise.all(Array.from({ length: 91 }, (_, index) => work(start + index)));
  };

  it('is found: uploads that were never completed, and the parts of one', async () => {
    const bucket = new Bucket({ ...connection, endpoint: server.url });
    const addressOf = (name: string) => ({ Bucket: bucket.name, Key: bucket.key(`${id}/${name}`) });
    const { UploadId } = await bucket.client.send(new CreateMultipartUploadCommand(addressOf('one')));
    await inTurns(async (index) => {
      const part = { ...addressOf('one'), UploadId, PartNumber: index + 1, Body: 'x' };
      await bucket.client.send(new UploadPartCommand(part));
      await bucket.client.send(new CreateMultipartUploadCommand(addressOf(`x${index}`)));
    });
    const uploads = await Array.fromAsync(bucket.uploads(''));
    expect(new Set(uploads.map(({ uploadId }) => uploadId)).size).toBe(most + 1);
    const [one] = uploads.filter(({ key }) => key.endsWith('/one'));
    const parts = one && (await arrivedParts(bucket, one));
    expect(parts?.size).toBe(most);
    bucket.close();
  });
});
