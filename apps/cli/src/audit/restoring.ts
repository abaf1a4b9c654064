import { type Restore, type RestoreFact, foldRestore, restoreVerdictOf } from '@nocodb-backup/backup';
import type { RestoreRequested } from '@nocodb-backup/events';
import { outcomeOf } from '../restore/outcome.js';
import { countText, durationText, numberText } from '../views/figures.js';
import { countsText, oneLine, sentenceOf } from '../views/sentence.js';
import { workTitle } from '../views/step-line.js';
import { ended, failureText, listText, ranText, type Sentence, warnings } from './telling.js';

/** What became of a restore, in the story of its backup: one sentence. */
export const restoredSentence = (restore: Restore): Sentence => {
  const { request, requestedAt, id } = restore;
  const what = `${wishText(request)} (restore ${id})`;
  return { time: requestedAt, text: `${request.requestedBy} ${what}: ${endingText(restore)}` };
};

/** The story of a restore by its facts, oldest first; nothing without its request. */
export const restoreStory = (facts: readonly RestoreFact[]): Sentence[] => {
  const restore = foldRestore(facts);
  return restore ? facts.flatMap((fact) => [toldFact(fact, restore), ...warningsOf(fact)]) : [];
};

const toldFact = (fact: RestoreFact, restore: Restore): Sentence => {
  const { time } = fact;
  switch (fact.type) {
    case 'RestoreRequested':
      return {
        time,
        text: `${fact.data.requestedBy} ${wishText(fact.data)} of backup ${fact.data.backupId}.`,
      };
    case 'RestorePlanned':
      return {
        time,
        text: `It was planned: ${fact.data.steps.map(({ title, action }) => `${oneLine(title)}: ${oneLine(action)}`).join('; ') || 'nothing to do'}.`,
      };
    case 'RestoreStepCompleted': {
      const { key, counts, seconds, leftOut } = fact.data;
      const left = leftOut.map(
        ({ what, count, reason }) =>
          ` Left out: ${numberText(count)} ${oneLine(what)}: ${ended(oneLine(reason))}`,
      );
      return {
        time,
        text: `${oneLine(workTitle(key, restore.plan))} was done ${ranText(time, seconds)}: ${countsText(counts)}.${left.join('')}`,
      };
    }
    case 'RestoreCompleted':
    case 'RestoreFailed':
    case 'RestoreRefused':
      return { time, text: `It ended: ${endingText(restore)}` };
    default:
      return { time, text: ended(sentenceOf((fact as RestoreFact).type, (fact as RestoreFact).data)) };
  }
};

const warningsOf = ({ time, type, data }: RestoreFact): Sentence[] =>
  type === 'RestorePlanned' || type === 'RestoreStepCompleted' ? warnings(time, data.warnings) : [];

const kindNames: Readonly<Record<RestoreRequested['data']['kind'], string>> = {
  dump: 'the database',
  files: 'the data files',
  schema: 'bases and tables',
  records: 'records',
  attachments: 'attached files',
};

const wishText = ({ kind, scope, planOnly, options }: RestoreRequested['data']): string => {
  const where = [
    ...(scope.table === undefined ? [] : [`table "${oneLine(scope.table)}"`]),
    ...(scope.base === undefined ? [] : [`base "${oneLine(scope.base)}"`]),
  ].map((place) => ` of ${place}`);
  const how = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [name],
  );
  const wish = planOnly ? 'asked what it would do to put back' : 'asked to put back';
  return `${wish} ${kindNames[kind]}${where.join('')}${how.length > 0 ? ` with ${listText(how)}` : ''}`;
};

const endingText = (restore: Restore): string => {
  const { counts, leftOut, failure, endedAt } = outcomeOf(restore);
  const verdict = restoreVerdictOf(restore);
  const left = leftOut.reduce((sum, { count }) => sum + count, 0);
  const after =
    endedAt === null
      ? ''
      : `after ${durationText((Date.parse(endedAt) - restore.requestedAt.getTime()) / 1000)}`;
  switch (verdict) {
    case 'completed':
      return `everything was back ${after}: ${countsText(counts)}.`;
    case 'partial':
      return `done in part ${after}: ${countsText(counts)}; ${countText(left, 'thing')} ${left === 1 ? 'was' : 'were'} left out.`;
    case 'failed':
      return ended(
        `it failed ${after}: ${failure ? failureText({ ...failure, attempts: failure.attempts ?? 1 }) : ''}`,
      );
    case 'refused':
      return ended(`it was refused, and nothing was touched: ${oneLine(failure?.reason ?? '')}`);
    case 'planned':
      return 'the plan was made, and nothing was touched.';
    case 'running':
      return 'it has not ended.';
  }
};
