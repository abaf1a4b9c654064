import {
  AttachmentEntry,
  type Backup,
  attachmentIndexes,
  failuresOf,
  type Manifest,
  manifestOf,
  standingArtifacts,
} from '@nocodb-backup/backup';
import { PermanentError, Uploaded } from '@nocodb-backup/events';
import { jsonLines, type Vault } from '@nocodb-backup/vault';

/**
 * Moves what the parts left to its place and writes the manifest, last. Every step may be done again: killed anywhere, or
 * run twice at once, it ends in the same bytes. Throws PermanentError when no part succeeded, as there is nothing to keep.
 */
export const seal = async (
  backup: Backup,
  vault: Vault,
  { toolVersion, signal }: { toolVersion: string; signal: AbortSignal },
): Promise<Uploaded> => {
  const manifest = manifestOf(backup, toolVersion);
  if (!holdsAnything(manifest)) {
    await vault.sweep(backup.id);
    throw new PermanentError(`no part of the backup succeeded: ${failuresOf(backup).slice(0, 5).join('; ')}`);
  }
  for (const { attempt, artifact } of standingArtifacts(backup)) {
    signal.throwIfAborted();
    await vault.publish(backup.id, attempt, artifact);
  }
  const attached = await publishAttachments(backup, vault, signal);
  const written = await vault.writeManifest(backup.id, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  await vault.sweep(backup.id);
  return Uploaded({
    backupId: backup.id,
    manifest: written,
    status: manifest.status,
    destinations: ['local'],
    files: manifest.artifacts.length + attached.files + 1,
    bytes: manifest.artifacts.reduce((sum, { bytes }) => sum + bytes, written.bytes) + attached.bytes,
  });
};

/** Attached files are listed in their table's index, which is in its place by now. */
const publishAttachments = async (backup: Backup, vault: Vault, signal: AbortSignal) => {
  const published = { files: 0, bytes: 0 };
  for (const { attempt, path } of attachmentIndexes(backup)) {
    for await (const line of jsonLines(await vault.open(backup.id, path))) {
      signal.throwIfAborted();
      const entry = AttachmentEntry.parse(line);
      if ('missing' in entry) continue;
      await vault.publish(backup.id, attempt, entry);
      published.files++;
      published.bytes += entry.bytes;
    }
  }
  return published;
};

const holdsAnything = ({ parts }: Manifest): boolean =>
  Object.values(parts).some(({ status }) => status === 'complete' || status === 'partial');
