import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { instantOf, type LyingManifest } from '@nocodb-backup/backup';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { codeOf, freeBytes } from './disk-error.js';
import { filesBelow } from './files-below.js';
import { checkStillThat, lyingManifestOf } from './lying-manifest.js';
import {
  absolute,
  artifactPlace,
  attemptPlace,
  backupPlace,
  type Place,
  stagingPlace,
  verified,
} from './place.js';
import { publishFile } from './publish-file.js';
import { removeBackup } from './remove-backup.js';
import { digestOf, openFile, readSmallFile } from './read-file.js';
import { storeFile } from './store-file.js';
import type { BackupList, Disposal, Removed, Staging, StoredFile, Surroundings, Vault } from './vault.js';

const MANIFEST = 'manifest.json';
/** About 250,000 artifacts. */
const MANIFEST_LIMIT = 64 * 1024 * 1024;

/** Backups in a directory: `<id>/<artifact>`, and `.staging/<id>/<attempt>/<artifact>` until they are published. */
export class DirectoryVault implements Vault, Disposal, Surroundings {
  constructor(private readonly root: string) {}

  stage(backupId: string, attemptId: string): Staging {
    const folder = attemptPlace(this.root, backupId, attemptId);
    return {
      store: async (path, source, signal) => {
        const place = artifactPlace(folder, path);
        return { path, ...(await storeFile(place, folder, source, signal)) };
      },
      discard: () => removeFolder(folder),
    };
  }

  async publish(backupId: string, attemptId: string, artifact: Artifact): Promise<void> {
    const { path } = artifact;
    if (path === MANIFEST) throw new PermanentError('manifest.json is no artifact: it is written last');
    const staged = artifactPlace(attemptPlace(this.root, backupId, attemptId), path);
    await publishFile(staged, artifactPlace(backupPlace(this.root, backupId), path), artifact);
  }

  async writeManifest(backupId: string, bytes: Uint8Array): Promise<Artifact> {
    const place = this.place(backupId, MANIFEST);
    const workshop = stagingPlace(this.root, backupId);
    try {
      return { path: MANIFEST, ...(await storeFile(place, workshop, chunks(bytes))) };
    } catch (error) {
      const there = await this.readManifest(backupId).catch(() => undefined);
      if (!there) throw error;
      if (!Buffer.from(there).equals(bytes))
        throw new PermanentError(`backup ${backupId} has another manifest already: it stays as it is`);
      return this.digest(backupId, MANIFEST);
    }
  }

  async sweep(backupId: string): Promise<void> {
    await removeFolder(stagingPlace(this.root, backupId));
  }

  async backups(): Promise<BackupList> {
    const sealed: string[] = [];
    const unsealed: string[] = [];
    for (const id of (await namesIn(this.root)).filter(instantOf).sort())
      ((await isFile(absolute(this.place(id, MANIFEST)))) ? sealed : unsealed).push(id);
    return { sealed, unsealed };
  }

  async *strangers(): AsyncGenerator<string> {
    for (const name of (await namesIn(this.root)).sort())
      if (!instantOf(name) && !name.startsWith('.') && name !== 'lost+found') yield name;
  }

  async readManifest(backupId: string): Promise<Uint8Array> {
    return await readSmallFile(this.place(backupId, MANIFEST), MANIFEST_LIMIT);
  }

  files(backupId: string, folder?: string): AsyncIterable<StoredFile> {
    return filesBelow(backupPlace(this.root, backupId), folder);
  }

  async isStaged(backupId: string): Promise<boolean> {
    return (await namesIn(await verified(stagingPlace(this.root, backupId)))).length > 0;
  }

  async open(backupId: string, path: string): Promise<Readable> {
    return await openFile(this.place(backupId, path));
  }

  /** The bytes of an artifact, staged by that attempt or in its place already. Rejects with PermanentError when it is neither. */
  async openArtifact(backupId: string, attemptId: string, path: string): Promise<Readable> {
    try {
      return await openFile(artifactPlace(attemptPlace(this.root, backupId, attemptId), path));
    } catch (error) {
      if (codeOf((error as Error).cause) !== 'ENOENT') throw error;
      return this.open(backupId, path);
    }
  }

  async digest(backupId: string, path: string, signal?: AbortSignal): Promise<Artifact> {
    return { path, ...(await digestOf(this.place(backupId, path), signal)) };
  }

  async lyingManifest(backupId: string): Promise<LyingManifest | undefined> {
    if (!(await isFile(absolute(this.place(backupId, MANIFEST))))) return undefined;
    return lyingManifestOf(await this.readManifest(backupId));
  }

  async remove(backupId: string, seen: string | undefined, signal?: AbortSignal): Promise<Removed> {
    checkStillThat(backupId, await this.lyingManifest(backupId), seen);
    const places = { backup: backupPlace(this.root, backupId), staging: stagingPlace(this.root, backupId) };
    return removeBackup(places, signal);
  }

  async freeBytes(): Promise<number> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    return freeBytes(this.root);
  }

  private place(backupId: string, path: string): Place {
    return artifactPlace(backupPlace(this.root, backupId), path);
  }
}

const removeFolder = async (folder: Place): Promise<void> => {
  await rm(await verified(folder), { recursive: true, force: true, maxRetries: 3 });
};

const chunks = (bytes: Uint8Array): AsyncIterable<Uint8Array> => Readable.from([bytes]);

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });

const isFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile(),
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
      throw error;
    },
  );
