import { ageText, durationText } from '@nocodb-backup/backup';
import { instantText } from '../told/message.js';
import { backupsOf, type Chronicle, type Entry, isGood, sourcesOf } from './chronicle.js';
import type { Condition } from './condition.js';

/** How long after its deadline a backup may take to be closed: an upload to the bucket may still end well. */
const graceMs = 15 * 60_000;

/** The backups that should have ended and have not, as happens where nobody is there to close them. */
export const overdueConditions = (chronicle: Chronicle, now: Date): Condition[] =>
  [...chronicle.values()].flatMap(({ id, request, ended }) => {
    if (!request || ended || now.getTime() <= request.deadline.getTime() + graceMs) return [];
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

/** What the age of backups is measured by. */
export interface AgeRule {
  /** 0 = never. */
  readonly maxAgeHours: number;
  /** The source that must have backups even if it never asked for one. */
  readonly ownSource: string;
  /** Since when somebody watches: before, no backup can be missed. */
  readonly watchedSince: Date;
}

/** The sources without a good backup for too long. */
export const ageConditions = (chronicle: Chronicle, rule: AgeRule, now: Date): Condition[] => {
  if (rule.maxAgeHours === 0) return [];
  const sources = new Set([rule.ownSource, ...sourcesOf(chronicle)]);
  return [...sources].flatMap((source) => ageCondition(chronicle, { ...rule, source }, now));
};

const HOUR_MS = 3600_000;

const ageCondition = (
  chronicle: Chronicle,
  { source, maxAgeHours, watchedSince }: AgeRule & { readonly source: string },
  now: Date,
): Condition[] => {
  const own = backupsOf(chronicle, source);
  const good = own.find((entry) => isGood(entry));
  const since = new Date((good?.ended?.at ?? firstOf(own) ?? watchedSince).getTime() + maxAgeHours * HOUR_MS);
  if (now <= since) return [];
  return [
    {
      kind: 'no-good-backup',
      source,
      level: 'error',
      title: `No good backup: ${source}`,
      lines: [
        good?.ended
          ? `The last complete and undamaged backup is ${good.id}, made ${ageText(good.ended.at, now)}.`
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

const firstOf = (own: readonly Entry[]): Date | undefined => own.at(-1)?.request?.at;
