import { ageText, durationText } from '@nocodb-backup/backup';
import { instantText } from '../told/message.js';
import type { Chronicle } from './chronicle.js';
import type { Condition } from './condition.js';
import type { Good } from './good.js';

/** How long after its deadline a backup may take to be closed: an upload to the bucket may still end well. */
const graceMs = 15 * 60_000;

/** The backups that should have ended and have not, as happens where nobody is there to close them. */
export const overdueConditions = (chronicle: Chronicle, now: Date): Condition[] =>
  [...chronicle.values()].flatMap(({ id, request, hasEnded }) => {
    if (!request || hasEnded || now.getTime() <= request.deadline.getTime() + graceMs) return [];
    return {
      kind: 'overdue',
      source: request.source,
      backupId: id,
      level: 'error',
      title: `Backup overdue: ${id}`,
      lines: [
        `Backup ${id} was to be finished at ${instantText(request.deadline)}. It has not ended, and nobody has closed it: services may be down.`,
      ],
      next: ['See whether all services run:', 'nocodb-backup doctor', `nocodb-backup show ${id}`],
      since: request.deadline,
    };
  });

/** How old the backups of a source are. */
export interface SourceAge {
  readonly source: string;
  readonly lastGood?: Good | undefined;
  /** Since when there should be backups: before, none can be missed. */
  readonly awaitedSince: Date;
}

const HOUR_MS = 3600_000;

/** The sources without a good backup for too long; `maxAgeHours` 0 = never. */
export const ageConditions = (ages: readonly SourceAge[], maxAgeHours: number, now: Date): Condition[] =>
  maxAgeHours === 0 ? [] : ages.flatMap((age) => ageCondition(age, maxAgeHours, now));

const ageCondition = (
  { source, lastGood, awaitedSince }: SourceAge,
  maxAgeHours: number,
  now: Date,
): Condition[] => {
  const since = new Date((lastGood?.endedAt ?? awaitedSince).getTime() + maxAgeHours * HOUR_MS);
  if (now <= since) return [];
  return [
    {
      kind: 'no-good-backup',
      source,
      level: 'error',
      title: `No good backup: ${source}`,
      lines: [
        lastGood
          ? `The last complete and undamaged backup is ${lastGood.id}, made ${ageText(lastGood.endedAt, now)}.`
          : `There is no complete and undamaged backup of this source.`,
        `There should be one at least every ${durationText(maxAgeHours * 3600)}.`,
      ],
      next: [
        'See whether the schedule runs and why backups fail, then make one:',
        'nocodb-backup doctor',
        'nocodb-backup list',
        'nocodb-backup backup',
      ],
      since,
    },
  ];
};
