import { type Backup, failuresOf, type Manifest, manifestOf, standingArtifacts } from '@nocodb-backup/backup';
import { PermanentError, Uploaded } from '@nocodb-backup/events';
import type { Vault } from '@nocodb-backup/vault';

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
  const written = await vault.writeManifest(backup.id, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  await vault.sweep(backup.id);
  return Uploaded({
    backupId: backup.id,
    manifest: written,
    status: manifest.status,
    destinations: ['local'],
    files: manifest.artifacts.length + 1,
    bytes: manifest.artifacts.reduce((sum, { bytes }) => sum + bytes, written.bytes),
  });
};

const holdsAnything = ({ parts }: Manifest): boolean =>
  Object.values(parts).some(({ status }) => status === 'complete' || status === 'partial');
