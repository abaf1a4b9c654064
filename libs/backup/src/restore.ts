import type {
  RestoreCompleted,
  RestoreEvent,
  RestoreFailed,
  RestorePlanned,
  RestoreRefused,
  RestoreRequested,
  RestoreStepCompleted,
} from '@nocodb-backup/events';
import type { Moment } from './backup.js';

/** A fact of a restore with its place in the log. */
export type RestoreFact = RestoreEvent & Moment;

/** How a restore ended. */
export type RestoreEnding = (RestoreCompleted | RestoreFailed | RestoreRefused) & Moment;

/** One restore, folded from its facts. */
export interface Restore {
  readonly id: string;
  readonly requestedAt: Date;
  readonly request: RestoreRequested['data'];
  readonly plan: RestorePlanned['data'] | undefined;
  /** By key, in the order in which they were done. */
  readonly steps: ReadonlyMap<string, RestoreStepCompleted['data']>;
  readonly ending: RestoreEnding | undefined;
}

/** What can be said of a restore. `partial`: done, but something was left out. */
export type RestoreVerdict = 'running' | 'planned' | 'completed' | 'partial' | 'failed' | 'refused';

/** Adds one fact to what is known of a restore; undefined before the request. The first of two endings stands. */
export const evolveRestore = (restore: Restore | undefined, fact: RestoreFact): Restore | undefined => {
  if (restore === undefined) return fact.type === 'RestoreRequested' ? requested(fact) : undefined;
  if (restore.ending) return restore;
  switch (fact.type) {
    case 'RestoreRequested':
      return restore;
    case 'RestorePlanned':
      return { ...restore, plan: restore.plan ?? fact.data };
    case 'RestoreStepCompleted':
      return { ...restore, steps: new Map(restore.steps).set(fact.data.key, fact.data) };
    case 'RestoreCompleted':
    case 'RestoreFailed':
    case 'RestoreRefused':
      return { ...restore, ending: fact };
  }
};

/** Folds the facts of one restore, oldest first. */
export const foldRestore = (facts: Iterable<RestoreFact>): Restore | undefined => {
  let restore: Restore | undefined;
  for (const fact of facts) restore = evolveRestore(restore, fact);
  return restore;
};

/** Judges a restore by its facts. */
export const restoreVerdictOf = ({ request, plan, ending }: Restore): RestoreVerdict => {
  if (!ending) return request.planOnly && plan ? 'planned' : 'running';
  if (ending.type === 'RestoreFailed') return 'failed';
  if (ending.type === 'RestoreRefused') return 'refused';
  return ending.data.leftOutCount > 0 ? 'partial' : 'completed';
};

const requested = ({ data, time }: RestoreRequested & Moment): Restore => ({
  id: data.restoreId,
  requestedAt: time,
  request: data,
  plan: undefined,
  steps: new Map(),
  ending: undefined,
});
