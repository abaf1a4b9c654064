import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { CreateBucketCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { type S3Server, startS3 } from '@nocodb-backup/testing';
import { Bucket } from './bucket.js';
import { s3Client } from './s3-client.js';
import type { S3Connection } from './s3-settings.js';
import { S3Vault } from './s3-vault.js';

const id = '2026-02-05_05-15-00';
const MIB = 1024 * 1024;

describe('a vault in a bucket', () => {
  let server: S3Server;
  let connection: S3Connection;
  let vault: S3Vault;
  let buckets = 0;

  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    connection = {
      bucket: `backups-${++buckets}`,
      endpoint: server.url,
      region: server.region,
      keys: server,
      prefix: 'some/prefix',
      partBytes: 5 * MIB,
    };
    await client().send(new CreateBucketCommand({ Bucket: connection.bucket }));
    vault = new S3Vault(connection);
  });

  const client = () => s3Client(connection);
  const signal = AbortSignal.timeout(120_000);
  const artifactOf = (path: string, content: Uint8Array): Artifact => ({
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  });
  /** In pieces of an odd size; hears how far it was read. */
  const streamed = (content: Uint8Array, read: (bytes: number) => void = () => undefined) =>
    Readable.from(
      (function* () {
        for (let start = 0; start < content.length; start += 300_007) {
          read(start);
          yield content.subarray(start, start + 300_007);
        }
      })(),
    );
  const pending = async () =>
    (await client().send(new ListMultipartUploadsCommand({ Bucket: connection.bucket }))).Uploads ?? [];
  /** Passes everything on, and counts what goes to the server. */
  const countingGate = async (port: number) => {
    let sent = 0;
    const gate = createServer((socket) => {
      const further = connect(port, '127.0.0.1');
      socket.on('data', (chunk) => (sent += chunk.length));
      socket.on('error', () => further.destroy());
      further.on('error', () => socket.destroy());
      socket.pipe(further).pipe(socket);
    });
    await once(gate.listen(0, '127.0.0.1'), 'listening');
    const { port: own } = gate.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${own}`,
      sent: () => sent,
      [Symbol.asyncDispose]: () => {
        gate.close();
        return Promise.resolve();
      },
    };
  };
  const seal = (backupId: string) => vault.writeManifest(backupId, Buffer.from(`{"id":"${backupId}"}`));

  it.each([0, 1, 5 * MIB, 5 * MIB + 1, 12 * MIB])(
    'gives a file of %i bytes back as it was',
    async (bytes) => {
      const content = randomBytes(bytes);
      const artifact = artifactOf('bases/Ä b/#1?/records.json.gz', content);
      await vault.upload(id, artifact, { source: streamed(content), signal });
      expect(await vault.digest(id, artifact.path)).toEqual(artifact);
      expect(await pending()).toEqual([]);
    },
  );

  it('does not send again what is there', async () => {
    const content = randomBytes(6 * MIB);
    const artifact = artifactOf('database.sql.gz', content);
    await vault.upload(id, artifact, { source: streamed(content), signal });
    let read = 0;
    const source = streamed(content, (bytes) => (read = bytes));
    await vault.upload(id, artifact, { source, signal });
    expect(read).toBe(0);
  });

  it.each([1000, 6 * MIB])(
    'never overwrites a file, of %i bytes, even one that appears meanwhile',
    async (bytes) => {
      const [old, content] = [randomBytes(bytes), randomBytes(bytes)];
      const [first, second] = [artifactOf('database.sql.gz', old), artifactOf('database.sql.gz', content)];
      await vault.stage(id, 'a').store(second.path, streamed(content));
      const meanwhile = (async function* () {
        await vault.stage(id, 'b').store(first.path, streamed(old));
        await vault.publish(id, 'b', first);
        yield* streamed(content) as AsyncIterable<Uint8Array>;
      })();
      await expect(vault.upload(id, second, { source: meanwhile, signal })).rejects.toThrow();
      const again = vault.upload(id, second, { source: streamed(content), signal });
      await expect(again).rejects.toBeInstanceOf(PermanentError);
      await expect(again).rejects.toThrow(/never overwrites/);
      await expect(vault.publish(id, 'a', second)).rejects.toThrow(/never overwrites/);
      expect(await vault.digest(id, first.path)).toEqual(first);
      expect(await pending()).toEqual([]);
    },
  );

  it('goes on behind the parts that have arrived when the sender was killed', async () => {
    const content = randomBytes(23 * MIB);
    const artifact = artifactOf('database.sql.gz', content);
    const killed = (async function* () {
      for (let start = 0; start < 17 * MIB; start += MIB) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield content.subarray(start, start + MIB);
      }
      throw new Error('killed');
    })();
    await expect(vault.upload(id, artifact, { source: killed, signal })).rejects.toThrow('killed');
    const [left] = await pending();
    expect(left).toBeDefined();
    await using gate = await countingGate(Number(new URL(server.url).port));
    const again = new S3Vault({ ...connection, endpoint: gate.url });
    await again.upload(id, artifact, { source: streamed(content), signal });
    expect(gate.sent()).toBeLessThan(14 * MIB);
    expect(await vault.digest(id, artifact.path)).toEqual(artifact);
    expect(await pending()).toEqual([]);
  });

  it('puts nothing there when the file is not what it was', async () => {
    const content = randomBytes(12 * MIB);
    const artifact = artifactOf('database.sql.gz', content);
    const changed = Buffer.from(content);
    changed[8 * MIB] = (changed[8 * MIB] ?? 0) ^ 1;
    for (const wrong of [changed, content.subarray(0, 11 * MIB), content.subarray(0, 100)])
      await expect(vault.upload(id, artifact, { source: streamed(wrong), signal })).rejects.toBeInstanceOf(
        PermanentError,
      );
    const small = artifactOf('database.sql.gz', Buffer.from('one'));
    await expect(
      vault.upload(id, small, { source: streamed(Buffer.from('two')), signal }),
    ).rejects.toBeInstanceOf(PermanentError);
    await expect(vault.open(id, artifact.path)).rejects.toThrow(/is missing/);
    expect(await pending()).toEqual([]);
  });

  it('writes a manifest once: the same again is fine, another is refused', async () => {
    await seal(id);
    await seal(id);
    await expect(vault.writeManifest(id, Buffer.from('{}'))).rejects.toThrow(/has another manifest/);
    expect(Buffer.from(await vault.readManifest(id)).toString()).toBe(`{"id":"${id}"}`);
  });

  it('stages a stream of unknown length, and moves it to its place as often as one likes', async () => {
    const content = randomBytes(12 * MIB);
    const staging = vault.stage(id, 'attempt-1');
    const artifact = await staging.store('nocodb-data.tar.gz', streamed(content), signal);
    expect(artifact).toEqual(artifactOf('nocodb-data.tar.gz', content));
    expect(await vault.isStaged(id)).toBe(true);
    await expect(vault.open(id, artifact.path)).rejects.toThrow(/is missing/);
    await vault.publish(id, 'attempt-1', artifact);
    await vault.publish(id, 'attempt-1', artifact);
    expect(await vault.digest(id, artifact.path)).toEqual(artifact);
    await expect(vault.publish(id, 'attempt-2', { ...artifact, bytes: 1 })).rejects.toBeInstanceOf(
      PermanentError,
    );
  });

  it('leaves nothing of a stream that broke', async () => {
    const broken = (async function* () {
      await Promise.resolve();
      yield randomBytes(11 * MIB);
      throw new Error('the disk was pulled');
    })();
    await expect(vault.stage(id, 'a').store('database.sql.gz', broken, signal)).rejects.toThrow('pulled');
    expect(await pending()).toEqual([]);
  });

  it('tells sealed backups from others, and both from whatever else lies there', async () => {
    const other = '2026-02-06_05-15-00';
    await seal(id);
    await vault.upload(other, artifactOf('x', Buffer.from('x')), {
      source: streamed(Buffer.from('x')),
      signal,
    });
    for (const Key of ['some/prefix/notes.txt', 'some/prefix/photos/1', `${id}/manifest.json`])
      await client().send(new PutObjectCommand({ Bucket: connection.bucket, Key, Body: 'x' }));
    expect(await vault.backups()).toEqual({ sealed: [id], unsealed: [other] });
    expect(await Array.fromAsync(vault.files(other))).toEqual([{ path: 'x', bytes: 1 }]);
    expect(await vault.isStaged(other)).toBe(false);
  });

  it('counts and removes a backup of more files than two pages list, and nothing else (D14)', async () => {
    const other = '2026-02-06_05-15-00';
    await seal(id);
    await seal(other);
    const names = Array.from({ length: 2_500 }, (_, index) => `some/prefix/${id}/files/${index}`);
    for (let start = 0; start < names.length; start += 50)
      await Promise.all(
        names
          .slice(start, start + 50)
          .map((Key) => client().send(new PutObjectCommand({ Bucket: connection.bucket, Key, Body: 'x' }))),
      );
    const listed = await Array.fromAsync(vault.files(id));
    expect(new Set(listed.map(({ path }) => path)).size).toBe(2_501);
    const bytes = listed.reduce((sum, file) => sum + file.bytes, 0);
    await expect(vault.remove(id, undefined)).rejects.toThrow(/not the one that was looked at/);
    const sealedWith = (await vault.lyingManifest(id))?.sha256;
    expect(await vault.remove(id, sealedWith)).toEqual({ files: 2_501, bytes, warnings: [] });
    expect(await Array.fromAsync(vault.files(id))).toEqual([]);
    expect(await vault.remove(id, sealedWith)).toEqual({ files: 0, bytes: 0, warnings: [] });
    expect(await vault.backups()).toEqual({ sealed: [other], unsealed: [] });
  }, 60_000);

  it('refuses paths that leave the backup', async () => {
    const artifact = { ...artifactOf('x', Buffer.from('x')), path: '../../other/x' };
    await expect(
      vault.upload(id, artifact, { source: streamed(Buffer.from('x')), signal }),
    ).rejects.toBeInstanceOf(PermanentError);
    await expect(vault.open('../etc', 'x')).rejects.toBeInstanceOf(PermanentError);
  });

  it('says what is wrong with keys, bucket or address, and never prints a key', async () => {
    const keys = { accessKeyId: server.accessKeyId, secretAccessKey: 'not-this-one' };
    const wrongSecret = new S3Vault({ ...connection, keys });
    const wrongKey = new S3Vault({ ...connection, keys: { ...keys, accessKeyId: 'NOBODY' } });
    const noBucket = new S3Vault({ ...connection, bucket: 'not-there' });
    await expect(wrongSecret.backups()).rejects.toThrow(/NOCODB_BACKUP_S3_SECRET_KEY/);
    await expect(wrongSecret.backups()).rejects.not.toThrow(/not-this-one/);
    await expect(wrongKey.backups()).rejects.toThrow(/NOCODB_BACKUP_S3_ACCESS_KEY/);
    await expect(noBucket.backups()).rejects.toThrow(/no such bucket/);
    await expect(noBucket.backups()).rejects.toBeInstanceOf(PermanentError);
  });

  it('tries what a backup needs, and leaves nothing of it', async () => {
    await vault.probe(signal);
    expect(await vault.unfinished()).toEqual([]);
    expect(await Array.fromAsync(new Bucket(connection).objects(''))).toEqual([]);
  });

  it('ends a read that the server cut short with an error', async () => {
    const content = randomBytes(30 * MIB);
    const artifact = artifactOf('database.sql.gz', content);
    await vault.upload(id, artifact, { source: streamed(content), signal });
    const reading = async () => {
      let isRunning = true;
      for await (const chunk of await vault.open(id, artifact.path)) {
        expect(chunk).toBeDefined();
        if (isRunning) await server.kill();
        isRunning = false;
      }
    };
    await expect(reading()).rejects.toThrow();
    await server.restart();
  }, 60_000);
});
