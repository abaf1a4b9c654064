import {
  ageText,
  type Backup,
  contentSummaryOf,
  countText,
  durationText,
  isInBucket,
  type Moment,
  numberText,
  sizeText,
} from '@nocodb-backup/backup';
import type { NoticeLevel, UploadFailed, Uploaded } from '@nocodb-backup/events';
import type { Known } from './known.js';
import { type Fact, firstOf, instantText, type Message } from './message.js';

type Ending = (Uploaded | UploadFailed) & Moment;

/** Tells how a backup ended; nothing of one that the log does not know. */
export const backupMessage = (event: Ending, { backup, lastGood }: Known): Message | undefined => {
  if (!backup) return undefined;
  const outcome = outcomeOf(event, backup);
  const { id, request } = backup;
  return {
    level: levels[outcome],
    title: `Backup ${titles[outcome]}: ${request.source}`,
    lines: [said[outcome](id), ...missingLines(backup), ...goodLines(outcome, lastGood, event.time)],
    facts: factsOf(event, backup),
    next: nextSteps[outcome](id),
  };
};

/** How a backup ended, as its ending said then, whatever has become of it since. */
export type Outcome = 'complete' | 'partial' | 'failed';

export const outcomeOf = (event: Ending, backup: Backup): Outcome => {
  if (event.type === 'UploadFailed') return isInBucket(backup) ? 'partial' : 'failed';
  return event.data.missingDestinations.length > 0 ? 'partial' : event.data.status;
};

const levels = { complete: 'info', partial: 'warning', failed: 'error' } as const satisfies Record<
  Outcome,
  NoticeLevel
>;
const titles = { complete: 'complete', partial: 'incomplete', failed: 'FAILED' } as const;

const said = {
  complete: (id: string) => `Backup ${id} is complete.`,
  partial: (id: string) => `Backup ${id} is there, but something is missing from it:`,
  failed: (id: string) => `There is no backup ${id}:`,
};

const nextSteps = {
  complete: (): string[] => [],
  partial: (id: string) => [
    'See what is missing, mend it, and make another backup:',
    `nocodb-backup show ${id}`,
    'nocodb-backup doctor',
    'nocodb-backup backup',
  ],
  failed: (id: string) => [
    'Find out what is wrong, mend it, and make another backup:',
    'nocodb-backup doctor',
    `nocodb-backup show ${id}`,
    'nocodb-backup backup',
  ],
};

const missingLines = (backup: Backup): string[] => {
  const { failures, warnings } = contentSummaryOf(backup);
  const where = `nocodb-backup show ${backup.id}`;
  return [
    ...firstOf(failures, where),
    ...(warnings.length > 0 ? [`${countText(warnings.length, 'warning')}: ${warnings[0] ?? ''}`] : []),
  ];
};

const goodLines = (outcome: Outcome, lastGood: Known['lastGood'], now: Date): string[] => {
  if (outcome === 'complete') return [];
  if (!lastGood) return ['There is no complete backup of this source.'];
  return [`The last complete backup is ${lastGood.id}, made ${ageText(lastGood.endedAt, now)}.`];
};

const factsOf = (event: Ending, backup: Backup): Fact[] => {
  const { bytes, tables } = contentSummaryOf(backup);
  const { request, requestedAt, id } = backup;
  const seconds = (event.time.getTime() - requestedAt.getTime()) / 1000;
  const places = event.type === 'Uploaded' ? event.data.destinations : [];
  return [
    ['Backup', id],
    ['Source', request.source],
    ['Begun', `${instantText(requestedAt)} (${request.trigger})`],
    ['Took', durationText(seconds)],
    ['Stored', sizeText(bytes)],
    ...(tables.planned > 0
      ? [['Tables', `${numberText(tables.exported)} of ${numberText(tables.planned)}`] as const]
      : []),
    ...recordsFact(backup),
    ...(places.length > 0 ? [['Lies in', places.join(', ')] as const] : []),
  ];
};

const recordsFact = ({ export: outcome }: Backup): Fact[] =>
  outcome.state === 'succeeded' ? [['Records', numberText(outcome.data.records)]] : [];
