import { AttachmentEntry, type Manifest } from '@nocodb-backup/backup';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { ATTACHED_INDEX, STORED_FILES } from './attached-lists.js';
import { DamageError } from './damage-error.js';
import { readManifest } from './read-manifest.js';
import { Lanes } from './s3/lanes.js';
import { storedItems } from './stored-items.js';
import type { Disposal, Staging, Vault, VaultReader } from './vault.js';

/** What is copied, where from and where to. */
export interface Copying {
  readonly backupId: string;
  readonly from: VaultReader;
  readonly to: Vault & Disposal;
  /** Names the staging folder of this attempt. */
  readonly attemptId: string;
  readonly signal: AbortSignal;
  /** Hears what is whole in its place by now. */
  progress(figures: { readonly files: number; readonly bytes: number }): void;
}

/** Files that are on their way at once. */
const most = 4;

/**
 * Copies a sealed backup, each file compared with its digest before it takes its place, the manifest last. What lies there whole
 * is not fetched again. Rejects with PermanentError when the backup is damaged, or is there already with other bytes.
 */
export const copyBackup = async (copying: Copying): Promise<{ files: number; bytes: number }> => {
  const { backupId, from, to, attemptId } = copying;
  const manifest = await manifestOf(copying);
  const bytes = await from.readManifest(backupId);
  const isSealed = (await to.backups()).sealed.includes(backupId);
  const done = { files: 1, bytes: bytes.length };
  const staging = to.stage(backupId, attemptId);
  const copy = async (artifact: Artifact) => {
    await copyFile(copying, { artifact, staging, isSealed });
    done.files += 1;
    done.bytes += artifact.bytes;
    copying.progress(done);
  };
  try {
    await copyAll(copying, manifest, copy);
    await to.writeManifest(backupId, bytes);
  } finally {
    await staging.discard();
  }
  await to.sweep(backupId);
  return done;
};

const manifestOf = async ({ backupId, from }: Copying): Promise<Manifest> => {
  const manifest = await readManifest({ vault: from, backupId });
  if (manifest?.version === '2.0') return manifest;
  throw new PermanentError(
    manifest
      ? `backup ${backupId} is one of the Python tool, which kept no digests: copy it with a program of the store, such as "aws s3 cp --recursive"`
      : `there is no backup ${backupId} to fetch: no manifest.json of it lies there`,
  );
};

/** A list of attached files comes before the files that it names. */
const copyAll = async (
  copying: Copying,
  { artifacts }: Manifest,
  copy: (artifact: Artifact) => Promise<void>,
): Promise<void> => {
  const lanes = new Lanes(most);
  try {
    for (const artifact of artifacts) {
      const { path } = artifact;
      if (!path.endsWith(ATTACHED_INDEX) && !path.endsWith(STORED_FILES)) {
        await lanes.run(() => copy(artifact));
        continue;
      }
      await copy(artifact);
      for await (const file of filesListed(copying, path)) await lanes.run(() => copy(file));
    }
  } finally {
    await lanes.ended();
  }
};

async function* filesListed(
  { to: vault, backupId, signal }: Copying,
  path: string,
): AsyncGenerator<Artifact> {
  const read = (item: unknown) => AttachmentEntry.parse(item);
  for await (const entry of storedItems({ vault, backupId }, path, { read, signal }))
    if (!('missing' in entry)) yield entry;
}

interface One {
  readonly artifact: Artifact;
  readonly staging: Staging;
  /** The backup is complete where it is copied to. */
  readonly isSealed: boolean;
}

const copyFile = async (copying: Copying, { artifact, staging, isSealed }: One): Promise<void> => {
  const { backupId, from, to, attemptId, signal } = copying;
  const { path } = artifact;
  signal.throwIfAborted();
  const there = await to.digest(backupId, path, signal).catch(unlessMissing);
  if (there && isSame(there, artifact)) return;
  if (isSealed)
    throw new PermanentError(
      `backup ${backupId} lies there already, but ${path} in it is damaged: delete that copy (nocodb-backup delete ${backupId} --local-only --force), and ask again`,
    );
  // Without a manifest it is no backup, but the rest of one: better to begin anew than to trust it.
  if (there) {
    await to.remove(backupId, undefined, signal);
    throw new Error(`what was left of backup ${backupId} was damaged, and is removed: it is fetched anew`);
  }
  const stored = await staging.store(path, await from.open(backupId, path), signal);
  if (!isSame(stored, artifact))
    throw new DamageError(
      `${path} of backup ${backupId} is damaged where it lies: ${artifact.bytes} bytes with SHA-256 ${artifact.sha256} were stored, ` +
        `${stored.bytes} with ${stored.sha256} came. Look at it: nocodb-backup verify ${backupId}`,
    );
  await to.publish(backupId, attemptId, artifact);
};

const isSame = (one: Artifact, { bytes, sha256 }: Artifact): boolean =>
  one.bytes === bytes && one.sha256 === sha256;

const unlessMissing = (error: unknown): undefined => {
  if (!(error instanceof PermanentError)) throw error;
};
