import {
  AttachmentEntry,
  type Backup,
  attachmentIndexes,
  failuresOf,
  isInBucket,
  manifestOf,
  standingArtifacts,
  takenPlace,
  uploadedTotals,
  uploadFailure,
} from '@nocodb-backup/backup';
import { type Artifact, PermanentError, Uploaded } from '@nocodb-backup/events';
import { type DirectoryVault, jsonLines } from '@nocodb-backup/vault';
import { manifestArtifact, manifestBytesOf } from './manifest-bytes.js';
import { holdsAnything } from './next-step.js';
import type { Places } from './places.js';
import { explained } from './staging-mismatch.js';

type Sealing = Pick<Places, 'staging' | 'local' | 'keepsLocal'>;

interface Setting {
  readonly toolVersion: string;
  readonly signal: AbortSignal;
}

interface Sealed {
  readonly manifest: Artifact;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Ends a backup: moves what the parts left to its place here and writes the manifest, last, unless the bucket has it and that
 * is enough. Every step may be done again: killed anywhere, or run twice at once, it ends in the same bytes. Throws
 * PermanentError when no part succeeded or no place is left to keep them.
 */
export const seal = async (backup: Backup, places: Sealing, setting: Setting): Promise<Uploaded> => {
  if (!holdsAnything(backup)) {
    await places.local.sweep(backup.id);
    throw new PermanentError(`no part of the backup succeeded: ${failuresOf(backup).slice(0, 5).join('; ')}`);
  }
  const destinations = destinationsOf(backup, places);
  if (destinations.length === 0)
    throw new PermanentError(`not in s3: ${uploadFailure(backup) ?? 'no bucket is named'}`);
  const sealed = destinations.includes('local')
    ? await explained(places, () => sealHere(backup, places.local, setting))
    : await sealedElsewhere(backup, places.local, setting);
  const reason = uploadFailure(backup);
  return Uploaded({
    backupId: backup.id,
    ...sealed,
    status: manifestOf(backup, setting.toolVersion).status,
    destinations,
    missingDestinations: reason === undefined ? [] : [{ destination: 's3', reason }],
  });
};

/** A backup that did not come into the bucket is kept here, whatever was wanted, if it was staged here. */
const destinationsOf = (backup: Backup, { staging, keepsLocal }: Sealing): string[] => {
  const inBucket = isInBucket(backup);
  const isLocal = staging === 'local' && (keepsLocal || !inBucket);
  return [...(isLocal ? ['local'] : []), ...(inBucket ? ['s3'] : [])];
};

const sealHere = async (
  backup: Backup,
  vault: DirectoryVault,
  { toolVersion, signal }: Setting,
): Promise<Sealed> => {
  const taken = takenPlace(backup, await vault.lyingManifest(backup.id), 'local');
  if (taken !== undefined) throw new PermanentError(taken);
  const totals = { files: 0, bytes: 0 };
  const publish = async (attempt: string, artifact: Artifact) => {
    signal.throwIfAborted();
    await vault.publish(backup.id, attempt, artifact);
    totals.files++;
    totals.bytes += artifact.bytes;
  };
  for (const { attempt, artifact } of standingArtifacts(backup)) await publish(attempt, artifact);
  // Attached files are listed in their table's index, which is in its place by now.
  for (const { attempt, path } of attachmentIndexes(backup))
    for await (const line of jsonLines(await vault.open(backup.id, path), signal)) {
      const entry = AttachmentEntry.parse(line);
      if (!('missing' in entry)) await publish(attempt, entry);
    }
  const manifest = await vault.writeManifest(backup.id, manifestBytesOf(backup, toolVersion));
  await vault.sweep(backup.id);
  return { manifest, files: totals.files + 1, bytes: totals.bytes + manifest.bytes };
};

/** The bucket has all of it, by the facts: what was staged here goes. */
const sealedElsewhere = async (
  backup: Backup,
  vault: DirectoryVault,
  { toolVersion }: Setting,
): Promise<Sealed> => {
  await vault.sweep(backup.id);
  const manifest = manifestArtifact(manifestBytesOf(backup, toolVersion));
  return { manifest, ...uploadedTotals(backup) };
};
