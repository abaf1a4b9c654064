import {
  evolveRestore,
  type Restore,
  type RestoreFact,
  type RestoreVerdict,
  restoreVerdictOf,
} from '@nocodb-backup/backup';
import type { RestoreKind } from '@nocodb-backup/events';
import type { Ending } from './child.js';
import { type Installation, patienceMs, type Variables } from './installation.js';
import { type Source, startSource } from './source.js';

/** A second NocoDB with nothing in it, on a PostgreSQL and a data directory of its own, and the variables that name it as the target. */
export const emptyTarget = (): Promise<Source> => startSource();

/** Runs `restore-<kind>` to its end; the target's variables decide where the restored things go. */
export const restored = (
  installation: Installation,
  kind: RestoreKind,
  args: readonly string[],
  variables: Variables = {},
): Promise<Ending> => installation.cli([`restore-${kind}`, ...args], variables);

/** What happened to a restore so far. */
export const restoreFacts = async (installation: Installation, id: string): Promise<RestoreFact[]> => {
  const facts: RestoreFact[] = [];
  for await (const fact of (await installation.log()).read(subjectsOf(id))) facts.push(fact as RestoreFact);
  return facts;
};

/** Waits until a restore has ended, or has its plan where no more was asked for; throws what it got to when that takes too long. */
export const restoreEnded = async (
  installation: Installation,
  id: string,
  limitMs = patienceMs,
): Promise<{ readonly restore: Restore; readonly verdict: RestoreVerdict }> => {
  let restore: Restore | undefined;
  const signal = AbortSignal.timeout(limitMs);
  for await (const fact of (await installation.log()).follow(subjectsOf(id), { signal })) {
    restore = evolveRestore(restore, fact as RestoreFact);
    const verdict = restore && restoreVerdictOf(restore);
    if (restore && verdict && verdict !== 'running') return { restore, verdict };
  }
  const steps = restore
    ? `${restore.steps.size} of ${restore.plan?.steps.length ?? 'unknown'} steps`
    : 'nothing';
  throw new Error(`restore ${id} has not ended within ${limitMs} ms: ${steps} done`);
};

const subjectsOf = (id: string) => `evt.restore.${id}.>`;
