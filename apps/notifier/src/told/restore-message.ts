import { countText, durationText, type Moment, numberText, type Restore } from '@nocodb-backup/backup';
import type { RestoreCompleted, RestoreFailed, RestoreRefused } from '@nocodb-backup/events';
import type { Known } from './known.js';
import { type Fact, firstOf, instantText, type Message } from './message.js';

type Ending = (RestoreCompleted | RestoreFailed | RestoreRefused) & Moment;

/** Tells how a restore ended; nothing where only its plan was wanted. */
export const restoreMessage = (event: Ending, { restore }: Known): Message | undefined => {
  if (!restore || restore.request.planOnly) return undefined;
  const facts = factsOf(event, restore);
  switch (event.type) {
    case 'RestoreCompleted':
      return { ...completed(event, restore), facts };
    case 'RestoreFailed':
      return {
        level: 'error',
        title: 'Restore FAILED',
        lines: [`${restored(restore)} failed, and may be done in part.`, event.data.failure.reason],
        facts,
        next: [
          'See how far it came, mend what it says, and ask for it again:',
          `nocodb-backup show ${restore.id}`,
        ],
      };
    case 'RestoreRefused':
      return {
        level: 'info',
        title: 'Restore refused',
        lines: [`${restored(restore)} was refused; nothing was touched.`, event.data.reason],
        facts,
        next: [],
      };
  }
};

const completed = ({ data }: RestoreCompleted, restore: Restore): Omit<Message, 'facts'> => {
  const where = `nocodb-backup show ${restore.id}`;
  const isPartial = data.leftOutCount > 0;
  return {
    level: isPartial ? 'warning' : 'info',
    title: isPartial ? 'Restore done in part' : 'Restore done',
    lines: [
      isPartial
        ? `${restored(restore)} is done, but ${countText(data.leftOutCount, 'thing was', 'things were')} left out.`
        : `${restored(restore)} is done, and everything is back.`,
      ...firstOf(data.warnings, where, 4),
    ],
    next: [...data.next, ...(isPartial ? ['See what was left out, and why:', where] : [])],
  };
};

const restored = ({ request }: Restore): string =>
  `The restore (${request.kind}) of backup ${request.backupId}`;

const factsOf = (event: Ending, { id, request, requestedAt }: Restore): Fact[] => [
  ['Restore', id],
  ['Backup', request.backupId],
  ['Asked for by', request.requestedBy],
  ['Ended', instantText(event.time)],
  ['Took', durationText((event.time.getTime() - requestedAt.getTime()) / 1000)],
  ...(event.type === 'RestoreCompleted' ? countsFact(event) : []),
];

const countsFact = ({ data }: RestoreCompleted): Fact[] => {
  const counts = Object.entries(data.counts).map(([what, count]) => `${numberText(count)} ${what}`);
  return counts.length > 0 ? [['Put back', counts.join(', ')]] : [];
};
