import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BackupRequested,
  FilesArchiveFailed,
  PartUploaded,
  PartUploadFailed,
  UploadFailed,
} from '@nocodb-backup/events';
import { type NatsServer, poll, type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { bringPart } from './bring-part.js';
import { Gate } from './gate.harness.js';
import { backupId, Scene, sha256, variablesOf } from './scene.harness.js';

const HOOKS = join(import.meta.dirname, '../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, 'main.ts');
const MIB = 1024 * 1024;
const failure = { reason: 'connection refused', attempts: 1 };

describe('an upload that is disturbed', () => {
  let server: S3Server;
  let nats: NatsServer;
  let scene: Scene;
  let gate: Gate;
  let buckets = 0;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await startS3();
  }, 600_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    const bucket = `disturbed-${++buckets}`;
    await server.createBucket(bucket);
    gate = await Gate.before(server.url);
    nats = await startNats();
    scene = await Scene.make(nats.url, variablesOf(server, bucket));
  }, 60_000);
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    gate.close();
    await scene.remove();
    await nats.stop();
  }, 60_000);

  const throughGate = () => ({ NOCODB_BACKUP_S3_ENDPOINT_URL: gate.url });
  /** 20 parts, of which 6 are sent at once, each on a connection of its own, and no connection may send two. */
  const content = randomBytes(100 * MIB);
  const whole = { path: 'database.sql.gz', bytes: content.length, sha256: sha256(content) };
  const dumpOnItsWay = async () => {
    gate.hold(8 * MIB);
    await scene.request('dump');
    await scene.append(await scene.dumped(content));
  };
  const arrivedParts = async (atLeast: number) => {
    const arrived = async () => {
      const [upload] = await scene.bucket.unfinished();
      return upload && upload.parts >= atLeast ? upload.parts : undefined;
    };
    return poll(arrived, AbortSignal.timeout(30_000));
  };

  it('is gone on with after kill -9, behind the parts that have arrived', async () => {
    const env = { ...process.env, ...scene.env, ...throughGate(), NOCODB_BACKUP_ACK_WAIT_SECONDS: '1' };
    const args = ['--import', HOOKS, PROGRAM];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    children.push(child);
    await dumpOnItsWay();
    await arrivedParts(5);
    child.kill('SIGKILL');
    const arrived = await arrivedParts(5);
    gate.hold(Infinity);
    gate.sent();

    await scene.startUploader({ ...throughGate(), NOCODB_BACKUP_ACK_WAIT_SECONDS: '1' });
    expect(await scene.uploaded()).toMatchObject({ status: 'complete', destinations: ['local', 's3'] });
    expect(gate.sent()).toBeLessThan((20 - arrived) * 5 * MIB + MIB);
    expect(await scene.bucket.digest(backupId, whole.path)).toEqual(whole);
    expect(await scene.bucket.unfinished()).toEqual([]);
  }, 90_000);

  it('is done once when two uploaders go on with it at once', async () => {
    const { data } = await scene.dumped(content);
    await scene.sendHalf(backupId, whole);
    expect(await scene.bucket.unfinished()).toHaveLength(1);
    const part = { key: 'dump', index: null, bytes: content.length, ...data };
    const bringing = {
      places: { staging: 'local', local: scene.local } as const,
      bucket: scene.bucket,
      backupId,
      signal: AbortSignal.timeout(60_000),
      passed: () => undefined,
    };
    const both = await Promise.all([bringPart(bringing, part), bringPart(bringing, part)]);
    expect(both).toEqual([
      { files: 1, bytes: content.length },
      { files: 1, bytes: content.length },
    ]);
    expect(await scene.bucket.digest(backupId, whole.path)).toEqual(whole);
    await scene.bucket.sweep(backupId);
    expect(await scene.bucket.unfinished()).toEqual([]);
    expect(await scene.bucket.digest(backupId, whole.path)).toEqual(whole);
  }, 90_000);

  it('ends in a backup that is whole here, and says so, when the server is gone at the end', async () => {
    await scene.startUploader({ ...throughGate(), NOCODB_BACKUP_ATTEMPTS: '1' });
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(Buffer.from('a dump')));
    await scene.fact(PartUploaded, 'dump');
    gate.close();
    await scene.append(await scene.archived(Buffer.from('files')));
    const { missingDestinations, ...uploaded } = await scene.uploaded();
    expect(uploaded).toMatchObject({ status: 'partial', destinations: ['local'] });
    expect(missingDestinations).toMatchObject([{ destination: 's3' }]);
    expect((await scene.summary()).failures).toEqual([expect.stringMatching(/^not in s3: .*ECONNREFUSED/)]);
    expect(await scene.filesBelow(backupId)).toEqual([
      'database.sql.gz',
      'manifest.json',
      'nocodb-data.tar.gz',
    ]);
  }, 90_000);

  it('ends the same when only the manifest does not get there', async () => {
    await scene.startUploader({ ...throughGate(), NOCODB_BACKUP_ATTEMPTS: '1' });
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(Buffer.from('a dump')));
    await scene.fact(PartUploaded, 'dump');
    gate.close();
    await scene.append(FilesArchiveFailed({ backupId, failure }));
    expect(await scene.uploaded()).toMatchObject({ status: 'partial', destinations: ['local'] });
    expect(await scene.log.holds(PartUploadFailed.subjectFor({ backupId, key: 'manifest' }))).toBe(true);
    const manifest = Buffer.from(await scene.local.readManifest(backupId)).toString();
    expect(JSON.parse(manifest)).toMatchObject({
      failures: ['data files: connection refused', expect.stringMatching(/^not in s3: writing manifest/)],
    });
  }, 90_000);

  it('is in the bucket alone when there is no place for it here any more', async () => {
    await scene.startUploader();
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(Buffer.from('a dump')));
    await scene.fact(PartUploaded, 'dump');
    await rm(join(scene.root, 'vault'), { recursive: true });
    await scene.append(await scene.archived(Buffer.from('files')));
    const told = await scene.fact<UploadFailed['data']>(UploadFailed);
    expect(told.failure.reason).toMatch(/database\.sql\.gz has vanished/);
    expect(await scene.summary()).toMatchObject({ verdict: 'partial', destinations: ['s3'] });
    expect(await scene.bucket.isSealed(backupId)).toBe(true);
  }, 60_000);

  it('changes nothing when all of history is delivered again', async () => {
    const first = await scene.startUploader();
    await scene.request('dump', 'files');
    await scene.append(await scene.dumped(Buffer.from('a dump')));
    await scene.append(await scene.archived(Buffer.from('files')));
    await scene.uploaded();
    const before = await scene.everything();
    await first.stop();
    for (const durable of ['uploader', 'uploader-upload'])
      await scene.connection.jsm.consumers.delete('EVENTS', durable);
    const again = await scene.startUploader();
    const isIdle = async () =>
      (await again.health()).lanes.every(({ pending, ackPending }) => pending + ackPending === 0);
    await poll(async () => (await isIdle()) || undefined, AbortSignal.timeout(30_000));
    expect(await scene.everything()).toEqual(before);
    expect(await scene.objects()).toEqual(['database.sql.gz', 'manifest.json', 'nocodb-data.tar.gz']);
  }, 60_000);

  it('leaves nothing for ever: what ended a day ago is cleared from the bucket, and what is unknown is not', async () => {
    // It makes the log, and must not be at work while things are left behind.
    await (await scene.startUploader()).stop();
    const [dead, unknown] = ['2026-01-05_05-15-00', '2026-01-06_05-15-00'];
    const asked = { source: 'default', trigger: 'manual' as const, requestedBy: 'ada' };
    const wanted = { ...asked, records: true, attachments: true };
    const deadline = '2099-01-01T00:00:00Z';
    await scene.append(BackupRequested({ backupId: dead, parts: ['files'], deadline, ...wanted }));
    await scene.append(FilesArchiveFailed({ backupId: dead, failure }));
    await scene.log.append(UploadFailed({ backupId: dead, failure }));
    for (const id of [dead, unknown]) await scene.leaveBehind(id);
    await scene.startUploader();
    await scene.request('dump');
    await scene.append(await scene.dumped(Buffer.from('a dump')));
    await scene.uploaded();
    expect(await scene.bucket.leftovers()).toEqual(new Set([unknown]));
    expect(await scene.objects()).toEqual(['database.sql.gz', 'manifest.json']);
  }, 60_000);

  // The last one, as a gateway that was killed leaves its store waiting for it for half a minute.
  it('is gone on with when the server was killed and comes back', async () => {
    await scene.startUploader(throughGate());
    await dumpOnItsWay();
    const arrived = await arrivedParts(5);
    await server.kill();
    gate.hold(Infinity);
    await server.restart();
    gate.sent();

    expect(await scene.uploaded()).toMatchObject({ status: 'complete', destinations: ['local', 's3'] });
    expect(gate.sent()).toBeLessThan((20 - arrived) * 5 * MIB + 10 * MIB);
    expect(await scene.bucket.digest(backupId, whole.path)).toEqual(whole);
    expect(await scene.bucket.unfinished()).toEqual([]);
  }, 90_000);
});
