import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import { RestoreCompleted, RestoreFailed, RestoreRequested } from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { parseConfig, type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { S3Settings, s3VaultOf } from '@nocodb-backup/vault';
import { tarOf } from './files/archives.harness.js';
import { BACKUP, fill, Sandbox, treeOf } from './files/files.harness.js';
import { restorer } from './service.js';

jest.setTimeout(60_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const quiet = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [level, () => undefined]),
) as unknown as LoggerService;
const restoreId = '2026-11-22_05-15-00';

describe('a restorer whose directory has lost the backup', () => {
  let server: S3Server;
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let sandbox: Sandbox;
  let service: RunningService | undefined;
  let s3: Record<string, string>;

  beforeAll(async () => {
    server = await startS3();
    await server.createBucket('mine');
    s3 = {
      NOCODB_BACKUP_S3_ENDPOINT_URL: server.url,
      NOCODB_BACKUP_S3_BUCKET: 'mine',
      NOCODB_BACKUP_S3_REGION: server.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: server.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: server.secretAccessKey,
    };
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    sandbox = await Sandbox.make();
    await fill(sandbox.data, { 'old.db': 'old' });
    await sandbox.seal(tarOf([{ path: 'new.db', content: 'new' }]));
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    log = new EventLog(connection, 'cli');
  });
  afterEach(async () => {
    await service?.stop();
    await connection.close();
    await nats.stop();
    await sandbox.remove();
  });

  const start = async (env: Record<string, string>) => {
    const all = { ...sandbox.env({ NATS_URL: nats.url }), ...env };
    service = await startService(restorer, { env: all, logger: quiet });
  };
  const moveToBucket = async () => {
    const bucket = s3VaultOf(parseConfig(S3Settings, s3));
    if (!bucket) throw new Error('no bucket is named');
    const path = 'nocodb-data.tar.gz';
    const artifact = await sandbox.vault.digest(BACKUP, path);
    const source = await sandbox.vault.open(BACKUP, path);
    await bucket.upload(BACKUP, artifact, { source, signal: AbortSignal.timeout(30_000) });
    await bucket.writeManifest(BACKUP, await sandbox.vault.readManifest(BACKUP));
    bucket.close();
    await rm(join(sandbox.root, 'vault'), { recursive: true });
  };
  const request = () =>
    log.append(
      RestoreRequested({
        restoreId,
        backupId: BACKUP,
        source: 'default',
        kind: 'files',
        scope: {},
        options: {},
        planOnly: false,
        requestedBy: 'spec',
      }),
    );
  const factOf = async (type: { subjectFor(data: object): string }) =>
    (await poll(() => log.last(type.subjectFor({ restoreId })), AbortSignal.timeout(30_000))).data;

  it('reads it from the bucket, as a stream, and leaves no copy', async () => {
    await moveToBucket();
    await start(s3);
    await request();
    expect(await factOf(RestoreCompleted)).toMatchObject({ counts: { files: 1, bytes: 3 } });
    expect(treeOf(sandbox.data)).toEqual({ 'new.db': 'new' });
    await expect(sandbox.vault.backups()).resolves.toEqual({ sealed: [], unsealed: [] });
  });

  it('says that it is not there when it is told of no bucket', async () => {
    await moveToBucket();
    await start({});
    await request();
    expect(await factOf(RestoreFailed)).toMatchObject({
      failure: { reason: expect.stringMatching(/there is no backup/) },
    });
  });
});
