import type { LeftOut } from '@nocodb-backup/events';
import type { Colors } from 'picocolors/types.js';
import type { RestoreOutcome } from '../restore/outcome.js';
import { kindText } from '../restore/wish.js';
import { countText, durationText, numberText } from './figures.js';
import { bullet, numbered, section } from './section.js';
import { countsText, oneLine } from './sentence.js';
import { painted } from './verdict.js';

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
}

/** The summary with which a restore ends: what was put back, what was not and why, and what to do next. */
export const restoreEnding = (outcome: RestoreOutcome, { now, colors }: Frame): string => {
  const { id, backupId, kind, verdict, counts, leftOut, warnings, next } = outcome;
  const ended = outcome.endedAt === null ? now : new Date(outcome.endedAt);
  const seconds = (ended.getTime() - new Date(outcome.requestedAt).getTime()) / 1000;
  return [
    `${colors.bold(id)}  ${painted(verdict, colors)}  ${kindText[kind]} of ${backupId}, in ${durationText(seconds)}`,
    ...(isWithoutEffect(verdict) ? [] : [`  put back: ${countsText(counts)}`]),
    ...failureLines(outcome, colors),
    ...section(colors.yellow('Left out'), leftOutLines(leftOut)),
    ...section(colors.yellow('Warnings'), warnings.map(bullet)),
    ...section('Next', numbered(next)),
  ].join('\n');
};

const isWithoutEffect = (verdict: RestoreOutcome['verdict']): boolean =>
  verdict === 'refused' || verdict === 'planned';

/** A failure may leave something behind, and its reason says what; a refusal touches nothing. */
const failureLines = ({ verdict, failure, kind, backupId }: RestoreOutcome, colors: Colors): string[] => {
  if (!failure) return [];
  if (verdict === 'refused')
    return [`${colors.red('Refused:')} ${paragraph(failure.reason)}`, 'Nothing was touched.'];
  const tries = failure.attempts === null ? '' : ` after ${countText(failure.attempts, 'attempt')}`;
  return [
    `${colors.red(`Failed${tries}:`)} ${paragraph(failure.reason)}`,
    `Mend it (nocodb-backup doctor helps), then ask again: nocodb-backup restore-${kind} ${backupId}`,
  ];
};

/** Lines are kept: an advice may have several. */
const paragraph = (text: string): string =>
  text
    .split('\n')
    .map((line) => oneLine(line))
    .join('\n  ');

/** Grouped by reason, so that one cause is read once. */
export const leftOutLines = (leftOut: readonly LeftOut[]): string[] =>
  [...Map.groupBy(leftOut, ({ reason }) => reason)].flatMap(([reason, all]) => [
    `  ${oneLine(reason)}:`,
    ...all.map((one) => `    - ${leftOutText(one)}`),
  ]);

const mostExamples = 10;

const leftOutText = ({ what, count, examples }: LeftOut): string => {
  const shown = examples.slice(0, mostExamples).map(oneLine);
  const more = count > shown.length ? ', …' : '';
  const amount = count > 1 ? ` (${numberText(count)})` : '';
  return `${oneLine(what)}${amount}${shown.length > 0 ? `: ${shown.join(', ')}${more}` : ''}`;
};
