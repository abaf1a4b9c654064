import type { Backup } from './backup.js';
import { isExpired, placesOf } from './keeping.js';
import { isInBucket } from './upload-parts.js';

/** What can be said of a backup: there is only this one place that says it. */
export type Verdict = 'running' | 'overdue' | 'complete' | 'partial' | 'failed' | 'expired' | 'deleted';

/**
 * Judges a backup by its facts; only a sealed manifest makes it `complete` or `partial`. `expired`: everywhere that it lies
 * retention has given it up. `deleted`: it lies nowhere any more.
 */
export const verdictOf = (backup: Backup, now: Date): Verdict => {
  const { ending, keeping } = backup;
  const places = placesOfBackup(backup);
  if (ending && places.length === 0 && keeping.moves.size > 0) return 'deleted';
  if (isExpired(places, keeping)) return 'expired';
  if (ending) return endedVerdict(backup, ending);
  return openVerdict(backup.request.deadline, now);
};

/** Of a backup that has not ended. */
export const openVerdict = (deadline: string, now: Date): 'running' | 'overdue' =>
  now > new Date(deadline) ? 'overdue' : 'running';

/** What is not where it was wanted is partial, however whole it is elsewhere. */
const endedVerdict = (backup: Backup, ending: NonNullable<Backup['ending']>): Verdict => {
  if (ending.state === 'not sealed') return isInBucket(backup) ? 'partial' : 'failed';
  return ending.data.missingDestinations.length > 0 ? 'partial' : ending.data.status;
};

/** Where the backup lies now; what is left of one that was never sealed is no backup. */
export const placesOfBackup = (backup: Backup): string[] => placesOf(sealedIn(backup), backup.keeping);

const sealedIn = (backup: Backup): readonly string[] => {
  if (backup.ending?.state === 'sealed') return backup.ending.data.destinations;
  return isInBucket(backup) ? ['s3'] : [];
};

/** Nothing more will be done for it. */
export const hasEnded = ({ ending }: Backup): boolean => ending !== undefined;
