import { createHash } from 'node:crypto';
import type { LyingManifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';

const Told = z.looseObject({ format: z.literal('nocodb-backup'), requestedAt: z.iso.datetime() });

/** What these bytes tell of the backup that they belong to; of damaged ones only the digest. */
export const lyingManifestOf = (bytes: Uint8Array): LyingManifest => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  requestedAt: requestedAtIn(bytes),
});

const requestedAtIn = (bytes: Uint8Array): Date | undefined => {
  try {
    return new Date(Told.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).requestedAt);
  } catch {
    return undefined;
  }
};

/** Throws PermanentError where another manifest lies than the one that was looked at, or one where there was none. */
export const checkStillThat = (
  backupId: string,
  lying: LyingManifest | undefined,
  seen: string | undefined,
): void => {
  if (!lying || lying.sha256 === seen) return;
  throw new PermanentError(
    `the manifest.json of backup ${backupId} is not the one that was looked at before: nothing was removed`,
  );
};
