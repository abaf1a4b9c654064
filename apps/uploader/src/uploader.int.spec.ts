import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BackupTimedOut, PartUploaded, PartUploadFailed, UploadFailed } from '@nocodb-backup/events';
import { watchProgress } from '@nocodb-backup/messaging';
import { type NatsServer, type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { backupId, Scene, sha256, table, variablesOf } from './scene.harness.js';

const attached = [0, 1, 2, 3, 4].map((index) => `${table.folder}/attachments/F/1_${index}.txt`);
const everyFile = [
  'bases/B/metadata.json',
  `${table.folder}/attachments.json.gz`,
  ...attached,
  'database.sql.gz',
  'manifest.json',
  'nocodb-data.tar.gz',
];

describe('an uploader with a bucket', () => {
  let server: S3Server;
  let nats: NatsServer;
  let scene: Scene;
  let buckets = 0;
  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    const bucket = `uploads-${++buckets}`;
    await server.createBucket(bucket);
    nats = await startNats();
    scene = await Scene.make(nats.url, variablesOf(server, bucket));
  }, 60_000);
  afterEach(async () => {
    await scene.remove();
    await nats.stop();
  }, 60_000);

  /** Everything that there can be, staged and told. */
  const backUp = async (more: Record<string, string> = {}) => {
    await scene.request('dump', 'files', 'export');
    await scene.append(await scene.dumped(randomBytes(12_000_000), more));
    await scene.append(await scene.archived(randomBytes(5_000), more));
    await scene.append(await scene.planned(more));
    await scene.append(await scene.exported(attached.length, more));
    await scene.append(scene.exportCompleted(attached.length));
  };

  it('brings a part to the bucket before the backup has ended, and seals it in both places with the same bytes', async () => {
    await scene.startUploader();
    const content = randomBytes(12_000_000);
    const signal = AbortSignal.timeout(30_000);
    const progress = watchProgress(scene.connection, { stream: 'backup', id: backupId, signal });
    const first = progress.next();
    await scene.connection.nats.flush();
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(content));
    const figures = { of: 'dump', bytesTotal: content.length };
    expect((await first).value).toMatchObject({ part: 'upload', figures });
    await progress.return();

    expect(await scene.fact(PartUploaded, 'dump')).toMatchObject({ files: 1, bytes: 12_000_000 });
    expect(await scene.bucket.digest(backupId, 'database.sql.gz')).toMatchObject({ sha256: sha256(content) });
    expect(await scene.bucket.isSealed(backupId)).toBe(false);

    await scene.append(await scene.archived(randomBytes(5_000)));
    expect(await scene.uploaded()).toMatchObject({
      status: 'complete',
      destinations: ['local', 's3'],
      missingDestinations: [],
      files: 3,
    });
    const manifest = await scene.local.readManifest(backupId);
    expect(Buffer.from(await scene.bucket.readManifest(backupId))).toEqual(Buffer.from(manifest));
    expect(await scene.filesBelow('.staging')).toEqual([]);
  }, 60_000);

  it('brings attached files, too, and nothing else', async () => {
    await scene.startUploader();
    await scene.store('dump-0', 'database.sql.gz', randomBytes(100));
    await backUp();
    const uploaded = await scene.uploaded();
    expect(await scene.objects()).toEqual(everyFile);
    expect(await scene.filesBelow(backupId)).toEqual(everyFile);
    expect(uploaded.files).toBe(everyFile.length);
    expect((await scene.summary()).verdict).toBe('partial');
    expect((await scene.summary()).failures).toEqual(['table "T" of base "B": attachment x: HTTP 500']);
  }, 60_000);

  it('leaves no copy here where none is wanted once the bucket has one', async () => {
    await scene.startUploader({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true' });
    await backUp();
    expect(await scene.uploaded()).toMatchObject({ destinations: ['s3'], files: everyFile.length });
    expect(await scene.objects()).toEqual(everyFile);
    expect(await scene.filesBelow('.')).toEqual([]);
  }, 60_000);

  it('moves within the bucket what was staged there, and needs no directory', async () => {
    await scene.startUploader({ NOCODB_BACKUP_STAGING: 's3' });
    await backUp({ NOCODB_BACKUP_STAGING: 's3' });
    expect(await scene.uploaded()).toMatchObject({ destinations: ['s3'], files: everyFile.length });
    expect(await scene.objects()).toEqual(everyFile);
    expect(await scene.bucket.isStaged(backupId)).toBe(false);
    expect(await scene.filesBelow('.')).toEqual([]);
  }, 60_000);

  it.each([
    ['s3', 'local'],
    ['local', 's3'],
  ])(
    'names the variable when it looks in %s for what was staged in %s',
    async (own, others) => {
      await scene.startUploader({ NOCODB_BACKUP_STAGING: own });
      await scene.request('dump');
      await scene.append(await scene.dumped(randomBytes(100), { NOCODB_BACKUP_STAGING: others }));
      const { failure } = await scene.fact<UploadFailed['data']>(UploadFailed);
      expect(failure.reason).toMatch(/NOCODB_BACKUP_STAGING is (s3|local) here/);
    },
    60_000,
  );

  it('seals here when the bucket refuses it, says why, and never tells the key', async () => {
    await scene.startUploader({ NOCODB_BACKUP_S3_SECRET_KEY: 'not-this-one' });
    await backUp();
    const { missingDestinations, ...uploaded } = await scene.uploaded();
    expect(uploaded).toMatchObject({ status: 'partial', destinations: ['local'] });
    expect(missingDestinations).toEqual([
      { destination: 's3', reason: expect.stringMatching(/s3:\/\/uploads-\d+.*NOCODB_BACKUP_S3_SECRET_KEY/) },
    ]);
    expect(await scene.filesBelow(backupId)).toEqual(everyFile);
    const manifest = JSON.parse(Buffer.from(await scene.local.readManifest(backupId)).toString()) as object;
    expect(manifest).toMatchObject({
      status: 'partial',
      failures: expect.arrayContaining([expect.stringMatching(/^not in s3: .*secret key is wrong/)]),
    });
    expect(await scene.everything()).not.toContain('not-this-one');
  }, 60_000);

  it('seals here when there is no such bucket', async () => {
    await scene.startUploader({ NOCODB_BACKUP_S3_BUCKET: 'not-there' });
    await scene.request('dump');
    await scene.append(await scene.dumped(randomBytes(100)));
    expect(await scene.uploaded()).toMatchObject({ status: 'partial', destinations: ['local'] });
    expect((await scene.summary()).failures).toEqual([
      expect.stringMatching(
        /not in s3: .*there is no such bucket: create it, or set NOCODB_BACKUP_S3_BUCKET/,
      ),
    ]);
  }, 60_000);

  it('does not bring a part that came too late', async () => {
    await scene.startUploader();
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(randomBytes(100)));
    await scene.fact(PartUploaded, 'dump');
    const late = await scene.archived(randomBytes(100));
    await scene.append(BackupTimedOut({ backupId, awaited: ['files'] }));
    await scene.append(late);
    expect(await scene.uploaded()).toMatchObject({ status: 'partial', destinations: ['local', 's3'] });
    expect(await scene.objects()).toEqual(['database.sql.gz', 'manifest.json']);
    expect(await scene.log.holds(PartUploaded.subjectFor({ backupId, key: 'files' }))).toBe(false);
    expect(await scene.log.holds(PartUploadFailed.subjectFor({ backupId, key: 'files' }))).toBe(false);
  }, 60_000);
});
