import type { Restore } from '@nocodb-backup/backup';
import type { Colors } from 'picocolors/types.js';
import { wishText } from '../restore/wish.js';
import { barOf, turnOf } from './bar.js';
import { countText, durationText, numberText } from './figures.js';
import type { Figures } from './figures-text.js';
import { leadOf } from './pace-text.js';
import { oneLine } from './sentence.js';
import { workTitle } from './step-line.js';

/** What is being done right now. */
export interface CurrentWork {
  /** The key of the step, or another name. */
  readonly name: string;
  readonly figures: Figures;
  /** The figures with their pace. */
  readonly text: string;
}

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
}

/** The lines of a running restore on a terminal; drawn again a few times a second. */
export const restoreLines = (
  restore: Restore,
  work: CurrentWork | undefined,
  { now, colors }: Frame,
): string[] => {
  const { id, request, plan, requestedAt } = restore;
  const seconds = (now.getTime() - requestedAt.getTime()) / 1000;
  const what = `${request.planOnly ? 'plan: ' : ''}${oneLine(wishText(request))} of ${request.backupId}`;
  return [
    `${colors.bold(id)}  ${what}  ${durationText(seconds)}`,
    `${colors.cyan(turnOf(now))} ${headline(restore, work, colors)}`,
    ...(work ? workLines(work, plan, colors) : []),
    colors.dim(
      request.planOnly
        ? 'nothing is touched yet; Ctrl-C leaves it so'
        : 'Ctrl-C detaches; the restore goes on',
    ),
  ];
};

const headline = ({ plan, steps }: Restore, work: CurrentWork | undefined, colors: Colors): string => {
  if (plan)
    return `${barOf(steps.size, plan.steps.length, colors)} ${numberText(steps.size)} of ${countText(plan.steps.length, 'step')}`;
  return work ? workTitle(work.name, plan) : colors.dim('waits for a service');
};

const workLines = ({ name, figures, text }: CurrentWork, plan: Restore['plan'], colors: Colors): string[] => {
  if (typeof figures.failed === 'string') return [colors.yellow(`  ${text}`)];
  const lead = leadOf(figures);
  const bar = lead ? `${barOf(lead.value, lead.total, colors)} ` : '';
  const title = plan ? [`  ${oneLine(workTitle(name, plan))}`] : [];
  return [...title, ...(text ? [`  ${bar}${text}`] : [])];
};
