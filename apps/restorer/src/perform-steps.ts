import {
  PermanentError,
  type PlannedStep,
  RestoreCompleted,
  RestoreStepCompleted,
} from '@nocodb-backup/events';
import type { Cause, EventLog } from '@nocodb-backup/messaging';
import { boundedLeftOut, boundedWarnings } from './bounded.js';
import { RefusedError } from './refused-error.js';
import type { PlannedWork, Restoration } from './restoration.js';

interface Performing {
  readonly log: EventLog;
  readonly cause: Cause;
  readonly restoration: Restoration;
}

type Done = RestoreStepCompleted['data'];

/** Checks the backup, does the steps that are not done yet, records each of them, and sums up. */
export const performSteps = async (
  { log, cause, restoration }: Performing,
  work: PlannedWork,
): Promise<RestoreCompleted> => {
  const done = new Map(work.done);
  const { signal, request } = work;
  if (done.size === 0) await verified(restoration, work);
  for (const step of work.plan.steps) {
    if (done.has(step.key)) continue;
    signal.throwIfAborted();
    const completed = await performed(restoration, step, { ...work, done }).catch((error: unknown) => {
      throw done.size === 0 ? error : notRefused(error);
    });
    const { recorded } = await log.append(completed, cause, { signal });
    done.set(step.key, RestoreStepCompleted.read(recorded.data, recorded.version));
  }
  const { next, warnings } = await restoration.conclude({ ...work, done });
  const all = work.plan.steps.flatMap(({ key }) => done.get(key) ?? []);
  return RestoreCompleted({
    restoreId: request.restoreId,
    counts: sums(all),
    leftOutCount: all.flatMap(({ leftOut }) => leftOut).reduce((sum, { count }) => sum + count, 0),
    warnings: boundedWarnings([...work.plan.warnings, ...all.flatMap((step) => step.warnings), ...warnings]),
    next: [...next],
  });
};

const verified = (restoration: Restoration, { backup, signal, progress, ...work }: PlannedWork) =>
  backup.verify(restoration.sources({ backup, signal, progress, ...work }), {
    signal,
    progress: (figures) => {
      progress({ part: 'check', ...figures });
    },
  });

/** After the first step it is too late to say that nothing was touched. */
const notRefused = (error: unknown): unknown =>
  error instanceof RefusedError
    ? new PermanentError(`${error.message} (earlier steps of this restore are done)`, { cause: error })
    : error;

const performed = async (restoration: Restoration, step: PlannedStep, work: PlannedWork) => {
  const began = performance.now();
  const progress: PlannedWork['progress'] = (figures) => {
    work.progress({ ...figures, part: step.key });
  };
  const { counts, leftOut, warnings, target } = await restoration.perform(step, { ...work, progress });
  return RestoreStepCompleted({
    restoreId: work.request.restoreId,
    key: step.key,
    target,
    counts,
    leftOut: boundedLeftOut(leftOut),
    warnings: boundedWarnings(warnings),
    seconds: (performance.now() - began) / 1000,
  });
};

const sums = (steps: readonly Done[]): Record<string, number> => {
  const total: Record<string, number> = {};
  for (const [noun, count] of steps.flatMap(({ counts }) => Object.entries(counts)))
    total[noun] = (total[noun] ?? 0) + count;
  return total;
};
