import { foldRestore, type RestoreFact } from '@nocodb-backup/backup';
import type { PlannedStep, RestoreRequested } from '@nocodb-backup/events';
import type { HistoryLine } from '../history.js';
import { sentenceOf } from '../views/sentence.js';
import { stepDone } from '../views/step-line.js';
import { outcomeOf, type RestoreOutcome } from './outcome.js';

/** Everything about one restore that fits on a screen: what `show` prints. */
export interface RestoreDetails extends RestoreOutcome {
  readonly requestedBy: string;
  readonly planOnly: boolean;
  readonly scope: RestoreRequested['data']['scope'];
  readonly options: RestoreRequested['data']['options'];
  readonly steps: readonly (PlannedStep & { readonly done: boolean })[];
  readonly history: readonly HistoryLine[];
}

/** The details of a restore by its facts; undefined where they hold no request. */
export const detailsOfRestore = (facts: readonly RestoreFact[]): RestoreDetails | undefined => {
  const restore = foldRestore(facts);
  if (!restore) return undefined;
  const { request, plan, steps } = restore;
  const { requestedBy, planOnly, scope, options } = request;
  return {
    ...outcomeOf(restore),
    requestedBy,
    planOnly,
    scope,
    options,
    steps: (plan?.steps ?? []).map((step) => ({ ...step, done: steps.has(step.key) })),
    history: facts.map((fact) => ({
      time: fact.time,
      text:
        fact.type === 'RestoreStepCompleted' ? stepDone(fact.data, plan) : sentenceOf(fact.type, fact.data),
    })),
  };
};
