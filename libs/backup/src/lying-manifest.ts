import type { Destination } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import { placesOfBackup } from './verdict.js';

/** What lies as `manifest.json` in the folder of a backup. */
export interface LyingManifest {
  readonly sha256: string;
  /** By which it is known whose it is; undefined where it cannot be read, or is one of the Python tool. */
  readonly requestedAt: Date | undefined;
}

interface Where {
  readonly backupId: string;
  readonly destination: Destination;
}

/**
 * The log's backup wrote it, or is known by it. Two logs can give one id to two backups, such as the one that was lost and the one
 * that was begun after it, but never at one millisecond.
 */
export const isManifestOf = (
  { ending, requestedAt }: Backup,
  lying: Pick<LyingManifest, 'sha256' | 'requestedAt'>,
): boolean => {
  const isRecorded = ending?.state === 'sealed' && ending.data.manifest?.sha256 === lying.sha256;
  return isRecorded || lying.requestedAt?.getTime() === requestedAt.getTime();
};

/** Why nothing of the backup is brought to a place; undefined when it is free, or holds what an earlier attempt brought. */
export const takenPlace = (
  backup: Backup,
  lying: LyingManifest | undefined,
  destination: Destination,
): string | undefined => {
  if (!lying || isManifestOf(backup, lying)) return undefined;
  return (
    `${stranger({ backupId: backup.id, destination })}: nothing of this one is brought there, and that one stays as it is. ` +
    'Make the log know it (nocodb-backup import), and request another backup (nocodb-backup backup)'
  );
};

/** Why what lies in a place is not deleted, however much it is wanted: it is not the backup that is meant. Undefined when it may be. */
export const strangerRefusal = (
  backup: Backup | undefined,
  lying: LyingManifest | undefined,
  { backupId, destination, force }: Where & { readonly force: boolean },
): string | undefined => {
  if (!lying || (backup && isManifestOf(backup, lying))) return undefined;
  const isKnownThere = backup !== undefined && placesOfBackup(backup).includes(destination);
  if (!isKnownThere)
    return (
      `${stranger({ backupId, destination })}: it is not deleted. Run nocodb-backup import: then it can be deleted as others can ` +
      '(what import refuses, only by hand)'
    );
  if (force && !lying.requestedAt) return undefined;
  const what = `the manifest.json of ${backupId} in ${destination} is not the one that the log recorded`;
  return lying.requestedAt
    ? `${what}: another backup was put into its place. It is not deleted: look at it (nocodb-backup inspect), and move it away by hand`
    : `${what}, and cannot be read: look at it (nocodb-backup verify ${backupId}), or say --force`;
};

const stranger = ({ backupId, destination }: Where): string =>
  `in ${destination} lies a backup of the same name, ${backupId}, that the log does not know`;
