import {
  type Backup,
  type PlacedVerdict,
  placesOfBackup,
  retentionPlan,
  type RetentionPolicy,
} from '@nocodb-backup/backup';
import { firstOf } from '../told/message.js';
import type { Condition } from './condition.js';

const DAY_MS = 86_400_000;

/** By what retention is judged; 0 days = not at all. */
export interface RetentionWatch {
  readonly source: string;
  readonly policy: RetentionPolicy;
  readonly days: number;
}

/** Copies that retention was to delete so many days ago and that still lie there: nobody judges, or nobody deletes. */
export const stuckConditions = (
  backups: readonly Backup[],
  watch: RetentionWatch,
  now: Date,
): Condition[] => {
  if (watch.days === 0) return [];
  const then = new Date(now.getTime() - watch.days * DAY_MS);
  const own = backups.filter(
    ({ request, ending }) => request.source === watch.source && ending && ending.at.time <= then,
  );
  const stuck = retentionPlan(own, watch.policy, then).filter((verdict) => isStuck(verdict));
  if (stuck.length === 0) return [];
  const names = stuck.map(({ id, destination }) => `${id} in ${destination}`).sort();
  return [
    {
      kind: 'retention-stuck',
      source: watch.source,
      level: 'warning',
      title: `Old backups are not deleted: ${watch.source}`,
      lines: [
        `For more than ${watch.days} days these should be gone, and still take up space:`,
        ...firstOf(names, 'nocodb-backup retention --dry-run'),
      ],
      next: [
        'See whether the scheduler and the uploader run, and what a destination says:',
        'nocodb-backup retention --dry-run',
        'nocodb-backup doctor',
      ],
      since: then,
    },
  ];
};

const isStuck = ({ stays, backup, destination }: PlacedVerdict): boolean =>
  !stays &&
  !backup.keeping.pinned &&
  backup.keeping.expired.get(destination) !== 'refused' &&
  placesOfBackup(backup).includes(destination);
