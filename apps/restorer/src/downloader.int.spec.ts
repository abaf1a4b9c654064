import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BackupFact, foldBackup, manifestOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import {
  madeUpFacts,
  type NatsServer,
  poll,
  type S3Server,
  startNats,
  startS3,
} from '@nocodb-backup/testing';
import { DirectoryVault, s3VaultOf } from '@nocodb-backup/vault';
import { restorer } from './service.js';

const id = '2026-02-05_05-15-00';

describe('a download', () => {
  let nats: NatsServer;
  let s3: S3Server;
  let connection: Connection;
  let log: EventLog;
  let root: string;
  let service: RunningService;
  let variables: Record<string, string>;

  beforeAll(async () => {
    [nats, s3] = await Promise.all([startNats(), startS3()]);
    await s3.createBucket('backups');
    root = await mkdtemp(join(tmpdir(), 'downloader-'));
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
    variables = {
      NATS_URL: nats.url,
      NOCODB_BACKUP_DIR: root,
      DATABASE_PASSWORD: 'x',
      NOCODB_BACKUP_S3_ENDPOINT_URL: s3.url,
      NOCODB_BACKUP_S3_BUCKET: 'backups',
      NOCODB_BACKUP_S3_REGION: s3.region,
      NOCODB_BACKUP_S3_ACCESS_KEY: s3.accessKeyId,
      NOCODB_BACKUP_S3_SECRET_KEY: s3.secretAccessKey,
    };
    const logger = new NestLog(createLog('restorer', 'fatal'));
    service = await startService(restorer, { env: variables, logger });
  }, 600_000);
  afterAll(async () => {
    await service.stop();
    await connection.close();
    await Promise.all([nats.stop(), s3.stop()]);
    await rm(root, { recursive: true, force: true });
  }, 30_000);

  const bucket = () => {
    const vault = s3VaultOf(restorer.config.parse(variables));
    if (!vault) throw new Error('no bucket');
    return vault;
  };
  const content = Buffer.from('select 1;'.repeat(1000));
  const dump = {
    path: 'database.sql.gz',
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  /** As the uploader leaves it where no local copy is kept. */
  const onlyInBucket = async () => {
    const facts = madeUpFacts(id, { destinations: ['s3'] }).map((fact) =>
      fact.type === 'DumpCompleted' ? e.DumpCompleted({ ...fact.data, artifacts: [dump] }) : fact,
    );
    const stored = facts.map((fact, at): BackupFact => ({ ...fact, sequence: at + 1, time: new Date(at) }));
    const backup = foldBackup(stored);
    if (!backup) throw new Error('no backup');
    const signal = AbortSignal.timeout(30_000);
    await bucket().upload(id, dump, { source: Readable.from([content]), signal });
    await bucket().writeManifest(id, Buffer.from(JSON.stringify(manifestOf(backup, '1.0.0'))));
    for (const fact of facts) await log.append(fact);
  };
  const download = async (backupId: string, n: string) => {
    await log.append(e.DownloadRequested({ backupId, n, requestedBy: 'ada' }));
    return poll(async () => {
      const answers = [e.Downloaded, e.DownloadFailed].map((type) =>
        log.last(type.subjectFor({ backupId, n })),
      );
      return (await Promise.all(answers)).find((answer) => answer !== undefined);
    }, AbortSignal.timeout(20_000));
  };

  it('brings a backup that lies in the bucket alone to the local directory, and again is fine', async () => {
    await onlyInBucket();
    expect(await download(id, 'n1')).toMatchObject({ type: 'Downloaded', data: { files: 2 } });
    const local = new DirectoryVault(root);
    expect(await local.backups()).toEqual({ sealed: [id], unsealed: [] });
    expect(await local.digest(id, dump.path)).toEqual(dump);
    expect(await download(id, 'n2')).toMatchObject({ type: 'Downloaded' });
  }, 60_000);

  it('fails at once where there is nothing to fetch, and says so', async () => {
    expect(await download('2020-01-01_00-00-00', 'n1')).toMatchObject({
      type: 'DownloadFailed',
      data: {
        failure: { attempts: 1, reason: expect.stringContaining('no backup 2020-01-01_00-00-00') as unknown },
      },
    });
  }, 60_000);
});
