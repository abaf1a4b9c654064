import type { StepOutcome } from '../restoration.js';
import { type Job, jobFor, type TableAttachments, tellProgress } from './job.js';
import { lackingCells } from './lacking-cells.js';
import { putBack } from './put-back.js';
import { cellBatches } from './stored-cells.js';

/**
 * Uploads the files that the target's records have not, and puts them into their cells: in the order of the backup, with what
 * people have added behind them. Nothing is taken away. Safe to repeat: what an earlier attempt has put back is found there.
 */
export const restoreTableAttachments = async (
  target: Job['target'],
  wanted: TableAttachments,
  work: Job['work'],
): Promise<StepOutcome> => {
  const job = await jobFor(target, wanted, work);
  for await (const cells of cellBatches(wanted.stored.attachments(work.signal))) {
    work.signal.throwIfAborted();
    await putBack(job, await lackingCells(job, cells));
    tellProgress(job);
  }
  const { files, bytes, alreadyThere } = job.figures;
  return {
    target: wanted.tableId,
    counts: { files, bytes, alreadyThere },
    leftOut: job.leftOuts.list(),
    warnings: [...job.warnings],
  };
};
