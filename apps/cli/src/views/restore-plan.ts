import { instantOf } from '@nocodb-backup/backup';
import type { PlannedStep } from '@nocodb-backup/events';
import type { Colors } from 'picocolors/types.js';
import type { PlannedRestore } from '../restore/planned-restore.js';
import { overwrites, wishText } from '../restore/wish.js';
import { ageText, countText, timeText } from './figures.js';
import { bullet, section } from './section.js';
import { oneLine } from './sentence.js';

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
}

/** What a restore would do, before anything is touched. */
export const restorePlan = ({ wish, plan }: PlannedRestore, { now, colors }: Frame): string =>
  [
    `${colors.bold(`Plan: ${oneLine(wishText(wish))} of ${wish.backupId}`)}${ageOf(wish.backupId, now)}`,
    ...(overwrites(wish.kind) ? [lossText(wish.backupId, colors)] : []),
    ...(plan.steps.length > 0 ? plan.steps.flatMap(stepLines) : ['  nothing is to be done']),
    ...section(colors.yellow('Warnings'), plan.warnings.map(bullet)),
  ].join('\n');

const ageOf = (backupId: string, now: Date): string => {
  const made = instantOf(backupId);
  return made ? `, made ${ageText(made, now)}` : '';
};

/** What people forget on the worst day of the year. */
const lossText = (backupId: string, colors: Colors): string => {
  const made = instantOf(backupId);
  const then = made ? `as it was at ${timeText(made)} UTC` : 'as it was then';
  return colors.yellow(`All of it will be ${then}: what was changed later is not in the backup.`);
};

const stepLines = ({ title, action, existing }: PlannedStep, index: number): string[] => {
  const there = existing === null || existing === 0 ? '' : `  (${countText(existing, 'record')} there now)`;
  return [`${String(index + 1).padStart(3)}. ${oneLine(title)}`, `     ${oneLine(action)}${there}`];
};
