import type {
  PlannedStep,
  RestorePlanned,
  RestoreRequested,
  RestoreStepCompleted,
} from '@nocodb-backup/events';
import type { Figures } from '@nocodb-backup/messaging';
import type { StoredBackup } from '@nocodb-backup/vault';

/** What one attempt of a restore works with. */
export interface Work {
  readonly request: RestoreRequested['data'];
  readonly backup: StoredBackup;
  /** Unique to this attempt. */
  readonly attemptId: string;
  readonly signal: AbortSignal;
  readonly progress: (figures: Figures) => void;
}

/** The same once the plan stands, and with what earlier attempts have done. */
export interface PlannedWork extends Work {
  readonly plan: Plan;
  readonly done: ReadonlyMap<string, RestoreStepCompleted['data']>;
}

export type Plan = Pick<RestorePlanned['data'], 'steps' | 'warnings'>;
export type StepOutcome = Omit<RestoreStepCompleted['data'], 'restoreId' | 'key' | 'seconds'>;

export interface Conclusion {
  /** What a person does next, a sentence each. */
  readonly next: readonly string[];
  readonly warnings: readonly string[];
}

/** How one kind of thing is put back. Made anew for each attempt, so it may remember what it has looked up. */
export interface Restoration {
  /**
   * Looks at the backup and the target and touches nothing. Throws a RefusedError for what would do harm, a PermanentError
   * for what cannot work. Called once: later attempts get the plan that was recorded.
   */
  plan(work: Work): Promise<Plan>;
  /** The artifacts that the plan needs: they are compared with their digests before the first step. */
  sources(work: PlannedWork): readonly string[];
  /** Does one step, which an earlier attempt may have done in part. */
  perform(step: PlannedStep, work: PlannedWork): Promise<StepOutcome>;
  /** After the last step. */
  conclude(work: PlannedWork): Promise<Conclusion>;
}
