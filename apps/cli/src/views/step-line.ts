import type { RestorePlanned, RestoreStepCompleted } from '@nocodb-backup/events';
import type { Colors } from 'picocolors/types.js';
import { durationText, numberText } from './figures.js';
import { countsText, oneLine } from './sentence.js';

type Plan = RestorePlanned['data'] | undefined;
type Step = RestoreStepCompleted['data'];

/** What a piece of a restore's work is about: a step's title, or what comes before the steps. */
export const workTitle = (work: string, plan: Plan): string => {
  const step = plan?.steps.find(({ key }) => key === work);
  if (step) return step.title;
  if (work === 'check') return 'comparing the backup with its digests';
  return plan ? 'restoring' : 'looking at the backup and the target';
};

/** A step that is done: `"Orders" of base "CRM": 1,240 records, 3 left out, in 5 s`. */
export const stepDone = ({ key, counts, leftOut, seconds }: Step, plan: Plan): string => {
  const left = leftOut.reduce((sum, { count }) => sum + count, 0);
  const parts = [countsText(counts), ...(left > 0 ? [`${numberText(left)} left out`] : [])];
  return oneLine(`${workTitle(key, plan)}: ${parts.join(', ')}, in ${durationText(seconds)}`);
};

/** The same with its mark. */
export const stepLine = (step: Step, plan: Plan, colors: Colors): string => {
  const isWhole = step.leftOut.length === 0 && step.warnings.length === 0;
  return `${isWhole ? colors.green('✔') : colors.yellow('!')} ${stepDone(step, plan)}`;
};
