import { createHash } from 'node:crypto';
import { type Backup, manifestOf } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';

/** `manifest.json` of a settled backup: the same bytes wherever it goes. */
export const manifestBytesOf = (backup: Backup, toolVersion: string): Buffer =>
  Buffer.from(`${JSON.stringify(manifestOf(backup, toolVersion), null, 2)}\n`);

/** How a fact names these bytes. */
export const manifestArtifact = (bytes: Buffer): Artifact => ({
  path: 'manifest.json',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
