import { type Restore, type RestoreVerdict, restoreVerdictOf } from '@nocodb-backup/backup';
import type { LeftOut, RestoreKind } from '@nocodb-backup/events';
import { ExitCode } from '../exit-code.js';

/** What came of a restore; what the restore verbs print with `--json`. */
export interface RestoreOutcome {
  readonly id: string;
  readonly backupId: string;
  readonly kind: RestoreKind;
  readonly verdict: RestoreVerdict;
  readonly requestedAt: string;
  readonly endedAt: string | null;
  /** What was put back, by noun; of a restore that has not ended well, by the steps that were done. */
  readonly counts: Readonly<Record<string, number>>;
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
  /** What a person does next, a sentence each. */
  readonly next: readonly string[];
  /** Why it failed or was refused; `attempts` is null where it was refused. */
  readonly failure: { readonly reason: string; readonly attempts: number | null } | null;
}

/** The outcome of a restore as far as its facts tell. */
export const outcomeOf = (restore: Restore): RestoreOutcome => {
  const { id, request, requestedAt, ending } = restore;
  return {
    id,
    backupId: request.backupId,
    kind: request.kind,
    verdict: restoreVerdictOf(restore),
    requestedAt: requestedAt.toISOString(),
    endedAt: ending?.time.toISOString() ?? null,
    ...doneBy(restore),
    leftOut: [...restore.steps.values()].flatMap(({ leftOut }) => leftOut),
    failure: failureOf(ending),
  };
};

/** What a verb that followed a restore ends with. */
export const restoreExitCodes: Readonly<Record<RestoreVerdict, ExitCode>> = {
  completed: ExitCode.done,
  planned: ExitCode.done,
  partial: ExitCode.partial,
  failed: ExitCode.failed,
  running: ExitCode.failed,
  refused: ExitCode.refused,
};

const failureOf = (ending: Restore['ending']): RestoreOutcome['failure'] => {
  if (ending?.type === 'RestoreFailed') return ending.data.failure;
  if (ending?.type === 'RestoreRefused') return { reason: ending.data.reason, attempts: null };
  return null;
};

/** The ending sums up; without one, what the steps tell. */
const doneBy = ({ plan, steps, ending }: Restore): Pick<RestoreOutcome, 'counts' | 'warnings' | 'next'> => {
  if (ending?.type === 'RestoreCompleted') {
    const { counts, warnings, next } = ending.data;
    return { counts, warnings, next };
  }
  const done = [...steps.values()];
  const warnings = new Set([...(plan?.warnings ?? []), ...done.flatMap((step) => step.warnings)]);
  return { counts: sums(done.map(({ counts }) => counts)), warnings: [...warnings], next: [] };
};

const sums = (all: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const total: Record<string, number> = {};
  for (const [noun, count] of all.flatMap((counts) => Object.entries(counts)))
    total[noun] = (total[noun] ?? 0) + count;
  return total;
};
