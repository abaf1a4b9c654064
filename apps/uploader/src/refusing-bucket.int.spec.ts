import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BackupDeleted, DeletionFailed, DeletionRequested, PartUploadFailed } from '@nocodb-backup/events';
import { type NatsServer, poll, type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { Gate } from './gate.harness.js';
import { backupId, Scene, variablesOf } from './scene.harness.js';

jest.setTimeout(60_000);
const MIB = 1024 * 1024;
/** Of many parts. */
const content = randomBytes(30 * MIB);

describe('an uploader whose bucket does not do what it should', () => {
  let server: S3Server;
  let nats: NatsServer;
  let scene: Scene;
  let gate: Gate;
  let bucket: string;
  let buckets = 0;
  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    bucket = `refusing-${++buckets}`;
    await server.createBucket(bucket);
    gate = await Gate.before(server.url);
    nats = await startNats();
    scene = await Scene.make(nats.url, variablesOf(server, bucket));
  });
  afterEach(async () => {
    gate.close();
    await scene.remove();
    await nats.stop();
  });

  const once = { NOCODB_BACKUP_ATTEMPTS: '1' };
  const dumpOnItsWay = async () => {
    await scene.request('dump');
    await scene.append(await scene.dumped(content));
  };
  /** It is whole here, is not called complete, and the bucket is told of with what to do. */
  const isHereAlone = async (reason: RegExp) => {
    const { missingDestinations, ...uploaded } = await scene.uploaded();
    expect(uploaded).toMatchObject({ status: 'partial', destinations: ['local'] });
    expect(missingDestinations).toEqual([{ destination: 's3', reason: expect.stringMatching(reason) }]);
    expect(await scene.log.holds(PartUploadFailed.subjectFor({ backupId, key: 'dump' }))).toBe(true);
    expect((await scene.summary()).verdict).toBe('partial');
    expect(await scene.filesBelow(backupId)).toEqual(['database.sql.gz', 'manifest.json']);
  };

  it('says that its key may not write, keeps the backup here also where none is wanted, and leaves nothing there', async () => {
    await server.forbid(bucket, 's3:PutObject');
    await scene.startUploader({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true' });
    await dumpOnItsWay();
    await isHereAlone(/access denied: the key needs to list, read, write and delete below the prefix/);
    expect(await scene.bucket.unfinished()).toEqual([]);
    expect(await scene.objects()).toEqual([]);
  });

  it('says that there is no room, and leaves nothing there that takes some', async () => {
    await server.setQuota(1000);
    try {
      await scene.startUploader(once);
      await dumpOnItsWay();
      await isHereAlone(/no room left: raise the quota of the bucket|connection was cut: is there room/);
      expect(await scene.bucket.unfinished()).toEqual([]);
      expect(await scene.objects()).toEqual([]);
    } finally {
      await server.setQuota(undefined);
    }
  });

  it('whose server goes away in the middle of an upload and stays away ends with the backup here', async () => {
    await scene.startUploader({ ...once, NOCODB_BACKUP_S3_ENDPOINT_URL: gate.url });
    gate.hold(8 * MIB);
    await dumpOnItsWay();
    const arrived = async () => ((await scene.bucket.unfinished())[0]?.parts ?? 0) > 2;
    await poll(arrived, AbortSignal.timeout(30_000));
    gate.close();
    await isHereAlone(/is the server there, and are endpoint and network right|connection was cut/);
    // What it had begun is given up with the next backup, a day later: another test.
    expect(await scene.bucket.leftovers()).toEqual(new Set([backupId]));
  });

  it('says that its key may not delete, and deletes when it may and is asked again', async () => {
    await scene.startUploader();
    await dumpOnItsWay();
    expect(await scene.uploaded()).toMatchObject({ status: 'complete', destinations: ['local', 's3'] });
    await server.forbid(bucket, 's3:DeleteObject');
    const wish = { backupId, destination: 's3' as const, requestedBy: 'ada', force: true };
    await scene.append(DeletionRequested({ ...wish, n: 'n1' }));
    expect(await scene.fact(DeletionFailed, undefined, 'n1')).toMatchObject({
      failure: { reason: expect.stringMatching(/access denied: the key needs to .* delete/), attempts: 1 },
    });
    expect(await scene.bucket.isSealed(backupId)).toBe(true);
    await server.forbid(bucket);
    await scene.append(DeletionRequested({ ...wish, n: 'n2' }));
    expect(await scene.fact(BackupDeleted, undefined, 'n2')).toMatchObject({ files: 2, warnings: [] });
    expect(await scene.objects()).toEqual([]);
  });
});
