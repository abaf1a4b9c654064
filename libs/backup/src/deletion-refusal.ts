import type { Destination } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import { isGoodIn, newestGood } from './retention-plan.js';
import { hasEnded } from './verdict.js';

interface Wish {
  readonly destination: Destination;
  readonly force: boolean;
}

/** Why a backup must not be deleted in a destination, and what one can do; undefined when it may. `backups`: all of the log. */
export const deletionRefusal = (
  backup: Backup,
  backups: readonly Backup[],
  { destination, force }: Wish,
): string | undefined => {
  const { id, keeping } = backup;
  if (!hasEnded(backup))
    return `backup ${id} is still being made: wait until it has ended, at its deadline (${backup.request.deadline}) at the latest`;
  if (force) return undefined;
  if (keeping.pinned)
    return `backup ${id} is pinned, by ${keeping.pinned.by}: nocodb-backup unpin ${id} first, or say --force`;
  const siblings = backups.filter((other) => other.request.source === backup.request.source);
  if (newestGood(siblings, { like: backup, destination })?.id !== id) return undefined;
  return `backup ${id} is the newest good one in ${destination}: make another one first (nocodb-backup backup), or say --force`;
};

/** The same for a backup that the log does not know, such as one of the Python tool. */
export const unloggedDeletionRefusal = (
  id: string,
  backups: readonly Backup[],
  { destination, force }: Wish,
): string | undefined => {
  if (force || backups.some((other) => other.id > id && isGoodIn(other, destination))) return undefined;
  return `the event log knows neither backup ${id} nor a newer good one in ${destination}: it may be the last good one. Make another one first (nocodb-backup backup), or say --force`;
};
