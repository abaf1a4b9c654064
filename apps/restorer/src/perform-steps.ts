import { type PlannedStep, RestoreCompleted, RestoreStepCompleted } from '@nocodb-backup/events';
import type { Cause, EventLog } from '@nocodb-backup/messaging';
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
    const completed = await performed(restoration, step, { ...work, done });
    const { recorded } = await log.append(completed, cause, { signal });
    done.set(step.key, RestoreStepCompleted.read(recorded.data, recorded.version));
  }
  const { next, warnings } = await restoration.conclude({ ...work, done });
  const all = work.plan.steps.flatMap(({ key }) => done.get(key) ?? []);
  return RestoreCompleted({
    restoreId: request.restoreId,
    counts: sums(all),
    leftOutCount: all.flatMap(({ leftOut }) => leftOut).reduce((sum, { count }) => sum + count, 0),
    warnings: [
      ...new Set([...work.plan.warnings, ...all.flatMap((step) => step.warnings), ...warnings]),
    ].slice(0, 100),
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
    leftOut,
    warnings,
    seconds: (performance.now() - began) / 1000,
  });
};

const sums = (steps: readonly Done[]): Record<string, number> => {
  const total: Record<string, number> = {};
  for (const [noun, count] of steps.flatMap(({ counts }) => Object.entries(counts)))
    total[noun] = (total[noun] ?? 0) + count;
  return total;
};
