import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { instantOf, type LyingManifest } from '@nocodb-backup/backup';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { DamageError } from '../damage-error.js';
import { checkStillThat, lyingManifestOf } from '../lying-manifest.js';
import type { BackupList, Disposal, Removed, Staging, StoredFile, Surroundings, Vault } from '../vault.js';
import { type Unfinished, unfinished } from './arrived-parts.js';
import { Bucket, withSignal } from './bucket.js';
import { headObject } from './head-object.js';
import { Lanes } from './lanes.js';
import { leftovers } from './leftovers.js';
import { moveObject } from './move-object.js';
import { attemptPath, backupPath, pathOf, stagingPath } from './object-path.js';
import { probe } from './probe.js';
import { removeBackupObjects } from './remove-backup.js';
import { abortUploads, removeObjects } from './remove-objects.js';
import { isMissing, isTaken, nameOf } from './s3-error.js';
import type { S3Connection } from './s3-settings.js';
import { uploadObject } from './upload-object.js';
import { uploadStream } from './upload-stream.js';
import { wholeBody } from './whole-body.js';

const MANIFEST = 'manifest.json';
const MANIFEST_LIMIT = 64 * 1024 * 1024;

/** Backups in a bucket: `<prefix>/<id>/<artifact>`. */
export class S3Vault implements Vault, Disposal, Surroundings {
  private readonly bucket: Bucket;

  constructor(connection: S3Connection) {
    this.bucket = new Bucket(connection);
  }

  /** For messages, without keys. */
  get name(): string {
    return nameOf(this.bucket.connection);
  }

  /** Writes straight into the bucket, without a local disk. */
  stage(backupId: string, attemptId: string): Staging {
    const folder = attemptPath(backupId, attemptId);
    const { bucket } = this;
    return {
      store: async (path, source, signal) => {
        const key = bucket.key(pathOf(folder, path));
        return { path, ...(await uploadStream({ bucket, key, path, signal }, source)) };
      },
      discard: async () => {
        await removeObjects(bucket, `${folder}/`);
      },
    };
  }

  /** Puts a file into its place; again is fine, and after a kill it goes on where it was. */
  async upload(
    backupId: string,
    artifact: Artifact,
    { source, signal }: { source: AsyncIterable<Uint8Array>; signal: AbortSignal },
  ): Promise<void> {
    const key = this.bucket.key(pathOf(backupPath(backupId), artifact.path));
    await uploadObject({ bucket: this.bucket, key, artifact, source, signal });
  }

  /** Moves what was staged to its place, within the server; again is fine. */
  async publish(backupId: string, attemptId: string, artifact: Artifact): Promise<void> {
    const { path } = artifact;
    if (path === MANIFEST) throw new PermanentError('manifest.json is no artifact: it is written last');
    const from = this.bucket.key(pathOf(attemptPath(backupId, attemptId), path));
    const to = this.bucket.key(pathOf(backupPath(backupId), path));
    await moveObject(this.bucket, { from, to, artifact });
  }

  /** Writes `manifest.json` unless there is one. The same bytes again are fine; other bytes are a PermanentError. */
  async writeManifest(backupId: string, bytes: Uint8Array): Promise<Artifact> {
    const Key = this.bucket.key(pathOf(backupPath(backupId), MANIFEST));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const ContentMD5 = createHash('md5').update(bytes).digest('base64');
    const input = { Bucket: this.bucket.name, Key, Body: bytes, ContentMD5, IfNoneMatch: '*' };
    await this.bucket.asked('writing manifest.json', async () => {
      try {
        await this.bucket.client.send(new PutObjectCommand({ ...input, Metadata: { sha256 } }));
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    });
    const there = await this.readManifest(backupId);
    if (Buffer.from(there).equals(bytes)) return { path: MANIFEST, bytes: bytes.length, sha256 };
    throw new PermanentError(
      `backup ${backupId} has another manifest in ${this.name} already: it stays as it is`,
    );
  }

  /** Removes what attempts left in the staging folder, and gives up uploads of theirs that were never completed. */
  async sweep(backupId: string): Promise<void> {
    await removeObjects(this.bucket, `${stagingPath(backupId)}/`);
    await abortUploads(this.bucket, `${backupPath(backupId)}/`);
  }

  /** As `sweep`, and removes what lies in the backup's place, too, unless it is sealed there. */
  async sweepUnsealed(backupId: string): Promise<void> {
    await this.sweep(backupId);
    if (!(await this.isSealed(backupId))) await removeObjects(this.bucket, `${backupPath(backupId)}/`);
  }

  /** Ids of backups that have something staged, half uploaded or unsealed. */
  async leftovers(): Promise<ReadonlySet<string>> {
    const { unsealed } = await this.backups();
    return new Set([...unsealed, ...(await leftovers(this.bucket))]);
  }

  /** Uploads below the prefix that were begun and not completed, with the parts that have arrived. */
  unfinished(signal?: AbortSignal): Promise<Unfinished[]> {
    return unfinished(this.bucket, signal);
  }

  /** There is no limit. */
  freeBytes(): Promise<number> {
    return Promise.resolve(Infinity);
  }

  /** Tries on a small object what a backup needs. Throws in words what the server does not do. */
  async probe(signal: AbortSignal): Promise<void> {
    await probe(this.bucket, signal);
  }

  async backups(): Promise<BackupList> {
    const sealed: string[] = [];
    const unsealed: string[] = [];
    const lanes = new Lanes(8);
    for await (const id of this.bucket.folders())
      if (instantOf(id))
        await lanes.run(async () => {
          ((await this.isSealed(id)) ? sealed : unsealed).push(id);
        });
    await lanes.ended();
    return { sealed: sealed.sort(), unsealed: unsealed.sort() };
  }

  async *strangers(): AsyncGenerator<string> {
    for await (const name of this.bucket.folders()) if (!instantOf(name) && !name.startsWith('.')) yield name;
  }

  async readManifest(backupId: string): Promise<Uint8Array> {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of await this.open(backupId, MANIFEST)) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > MANIFEST_LIMIT)
        throw new PermanentError(`manifest.json of ${backupId} in ${this.name} is absurdly large`);
    }
    return Buffer.concat(chunks);
  }

  async *files(backupId: string, folder?: string): AsyncGenerator<StoredFile> {
    const own = backupPath(backupId);
    const start = this.bucket.key(`${own}/`).length;
    for await (const { key, bytes } of this.bucket.objects(`${folder ? pathOf(own, folder) : own}/`))
      yield { path: key.slice(start), bytes };
  }

  async isStaged(backupId: string): Promise<boolean> {
    for await (const _ of this.bucket.objects(`${stagingPath(backupId)}/`)) return true;
    return false;
  }

  async open(backupId: string, path: string, signal?: AbortSignal): Promise<Readable> {
    const Key = this.bucket.key(pathOf(backupPath(backupId), path));
    const answer = await this.bucket.asked(`reading ${path}`, async () => {
      try {
        const input = { Bucket: this.bucket.name, Key };
        return await this.bucket.client.send(new GetObjectCommand(input), withSignal(signal));
      } catch (error) {
        if (!isMissing(error)) throw error;
        throw new DamageError(`${backupId}/${path} is missing in ${this.name}`, { cause: error });
      }
    });
    return Readable.from(wholeBody(answer, `${backupId}/${path} in ${this.name}`), { objectMode: false });
  }

  async digest(backupId: string, path: string, signal?: AbortSignal): Promise<Artifact> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of await this.open(backupId, path, signal)) {
      hash.update(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
    }
    return { path, bytes, sha256: hash.digest('hex') };
  }

  async lyingManifest(backupId: string): Promise<LyingManifest | undefined> {
    return (await this.isSealed(backupId)) ? lyingManifestOf(await this.readManifest(backupId)) : undefined;
  }

  async remove(backupId: string, seen: string | undefined, signal?: AbortSignal): Promise<Removed> {
    checkStillThat(backupId, await this.lyingManifest(backupId), seen);
    return removeBackupObjects(this.bucket, backupId, signal);
  }

  close(): void {
    this.bucket.close();
  }

  /** Whether the manifest lies there. */
  async isSealed(backupId: string): Promise<boolean> {
    const key = this.bucket.key(pathOf(backupPath(backupId), MANIFEST));
    const head = await headObject(this.bucket, key, { what: `looking for the manifest of ${backupId}` });
    return head !== undefined;
  }
}
