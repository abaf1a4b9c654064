import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { type NatsServer, poll, type S3Server, startNats, startS3 } from '@nocodb-backup/testing';
import { join } from 'node:path';
import { backupId, Scene, variablesOf } from './scene.harness.js';

const stranger =
  /lies a backup of the same name, 2026-02-05_05-15-00, that the log does not know.*nocodb-backup import/;
const failure = { reason: 'connection refused', attempts: 5 };
const noPolicy = {
  count: 1,
  days: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  incompleteDays: 7,
  zone: 'UTC',
};

describe('a backup whose log was lost', () => {
  let server: S3Server;
  let lost: NatsServer;
  let before: Scene;
  let old: Record<string, string>;
  let variables: Record<string, string>;
  beforeAll(async () => {
    server = await startS3();
    await server.createBucket('taken');
    lost = await startNats();
    before = await Scene.make(lost.url, variablesOf(server, 'taken'));
    variables = { ...variablesOf(server, 'taken'), NOCODB_BACKUP_DIR: join(before.root, 'vault') };
    const uploader = await before.startUploader();
    await backUp(before);
    expect(await before.uploaded()).toMatchObject({ destinations: ['local', 's3'] });
    await uploader.stop();
    old = await lying(before);
    expect(Object.keys(old)).toHaveLength(6);
  }, 600_000);
  afterAll(async () => {
    await before.remove();
    await lost.stop();
    await server.stop();
  });

  let nats: NatsServer;
  let scene: Scene;
  beforeEach(async () => {
    nats = await startNats();
    scene = await Scene.make(nats.url, variables);
  }, 60_000);
  afterEach(async () => {
    await scene.remove();
    await nats.stop();
  }, 60_000);

  const backUp = async (of: Scene, more: Record<string, string> = {}) => {
    await of.request('dump', 'files');
    await of.append(await of.dumped(randomBytes(7_000), more));
    await of.append(await of.archived(randomBytes(5_000), more));
  };
  const lying = async (of: Scene): Promise<Record<string, string>> => {
    const digests: Record<string, string> = {};
    for (const [name, place] of Object.entries({ local: of.local, bucket: of.bucket }))
      for await (const { path } of place.files(backupId))
        digests[`${name}/${path}`] = (await place.digest(backupId, path)).sha256;
    return digests;
  };
  const asked = async (fact: e.DeletionRequested | e.BackupExpired, n: string) => {
    await scene.append(fact);
    return poll(async () => {
      for (const type of [e.BackupDeleted, e.DeletionRefused, e.DeletionFailed]) {
        const answer = await scene.log.last(type.subjectFor({ backupId, n }));
        if (answer) return { type: answer.type, ...(answer.data as { readonly reason?: string }) };
      }
      return undefined;
    }, AbortSignal.timeout(20_000));
  };
  const wishes = ['local', 's3'].map((destination) =>
    e.DeletionRequested({
      backupId,
      n: `wish-${destination}`,
      destination: e.Destination.parse(destination),
      requestedBy: 'ada',
      force: true,
    }),
  );

  it('is neither overwritten nor added to by a run of the same id, which fails and says why', async () => {
    await scene.startUploader();
    await backUp(scene);
    expect(await scene.fact<e.PartUploadFailed['data']>(e.PartUploadFailed, 'dump')).toMatchObject({
      failure: { reason: expect.stringMatching(stranger), attempts: 1 },
    });
    const { failure: told } = await scene.fact<e.UploadFailed['data']>(e.UploadFailed);
    expect(told).toMatchObject({ reason: expect.stringMatching(stranger), attempts: 1 });
    expect(await scene.summary()).toMatchObject({ verdict: 'failed', destinations: [] });
    expect(await lying(scene)).toEqual(old);
  }, 60_000);

  it('stays when a run that staged in the bucket has its id', async () => {
    await scene.startUploader({ NOCODB_BACKUP_STAGING: 's3' });
    await backUp(scene, { NOCODB_BACKUP_STAGING: 's3' });
    const { failure: told } = await scene.fact<e.UploadFailed['data']>(e.UploadFailed);
    expect(told.reason).toMatch(stranger);
    expect(await lying(scene)).toEqual(old);
  }, 60_000);

  it('is not deleted with what is left of a failed run, by whomever, however much it is wanted', async () => {
    await scene.startUploader();
    await scene.request('dump');
    await scene.append(e.DumpFailed({ backupId, failure }));
    await scene.fact(e.UploadFailed);
    await scene.store('dump-1', 'database.sql.gz', randomBytes(100));
    const expired = e.BackupExpired({ backupId, destination: 'local', reasons: ['x'], policy: noPolicy });
    expect(await asked(expired, 'local')).toMatchObject({
      type: 'DeletionRefused',
      reason: expect.stringMatching(stranger),
    });
    for (const wish of wishes)
      expect(await asked(wish, wish.data.n)).toMatchObject({
        type: 'DeletionRefused',
        reason: expect.stringMatching(stranger),
      });
    expect(await lying(scene)).toEqual(old);
    expect(await scene.filesBelow('.staging')).toEqual([]);
  }, 60_000);

  it('is not deleted by somebody who has not imported it', async () => {
    await scene.startUploader();
    for (const wish of wishes)
      expect(await asked(wish, wish.data.n)).toMatchObject({
        type: 'DeletionRefused',
        reason: expect.stringMatching(stranger),
      });
    expect(await lying(scene)).toEqual(old);
  }, 60_000);
});
