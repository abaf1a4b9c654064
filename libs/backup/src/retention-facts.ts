import { BackupExpired, DeletionRequested } from '@nocodb-backup/events';
import type { RetentionPolicy } from './retention.js';
import type { PlacedVerdict } from './retention-plan.js';

/**
 * What is to be recorded of a plan: each backup that goes expires once in each destination; `again` names a run that also asks
 * again for those whose deletion failed or was refused before, such as the day.
 */
export const retentionFacts = (
  plan: readonly PlacedVerdict[],
  policy: RetentionPolicy,
  again?: string,
): (BackupExpired | DeletionRequested)[] =>
  plan
    .filter(({ stays }) => !stays)
    .flatMap((verdict) => {
      const { backup, destination, reasons } = verdict;
      const expiry = backup.keeping.expired.get(destination);
      if (expiry === undefined)
        return BackupExpired({ backupId: backup.id, destination, reasons: [...reasons], policy });
      return again === undefined || expiry === 'due' ? [] : askedAgain(verdict, again);
    });

const askedAgain = ({ backup, destination, reasons }: PlacedVerdict, again: string): DeletionRequested =>
  DeletionRequested({
    backupId: backup.id,
    n: `${again}-${destination}`,
    destination,
    requestedBy: 'retention',
    force: false,
    reason: reasons.join('; ').slice(0, 500),
  });
