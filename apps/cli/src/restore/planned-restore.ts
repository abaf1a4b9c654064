import type { Restore } from '@nocodb-backup/backup';
import type { RestorePlanned } from '@nocodb-backup/events';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import { displayOf } from '../display.js';
import { ExitCode } from '../exit-code.js';
import { durationText } from '../views/figures.js';
import { type Desk, unattendedMs } from './desk.js';
import { requestRestore } from './request-restore.js';
import { restoreWords } from './restore-words.js';
import { watchRestore } from './watch-restore.js';
import type { Wish } from './wish.js';

/** A restore that was only planned. */
export interface PlannedRestore {
  readonly restoreId: string;
  readonly wish: Wish;
  readonly plan: RestorePlanned['data'];
}

/** A large dump is read through to its end marker before there is a plan. */
const patienceMs = 10 * 60_000;

/** Asks for the plan of a restore and waits for it; touches nothing. Throws a CliError with exit code 11 when it is refused. */
export const plannedRestore = async (
  { context, open }: Desk,
  wish: Wish,
  timeLimitMs = patienceMs,
): Promise<PlannedRestore> => {
  const request = await requestRestore(open.log, wish, true, context);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeLimitMs)]);
  const display = displayOf(context, restoreWords());
  const restore = await watchRestore(open, request, { display, signal, unattendedMs });
  if (restore?.plan && !restore.ending) return { restoreId: restore.id, wish, plan: restore.plan };
  if (context.signal.reason instanceof Interrupted)
    throw new Ended(ExitCode.interrupted, 'Nothing was touched.');
  context.signal.throwIfAborted();
  throw unplanned(restore, timeLimitMs);
};

const unplanned = (restore: Restore | undefined, timeLimitMs: number): CliError => {
  const ending = restore?.ending;
  if (ending?.type === 'RestoreRefused')
    return new CliError(ExitCode.refused, `refused: ${ending.data.reason}\nNothing was touched.`);
  if (ending?.type === 'RestoreFailed')
    return new CliError(
      ExitCode.failed,
      `it cannot be planned: ${ending.data.failure.reason}\nNothing was touched.`,
    );
  return new CliError(
    ExitCode.failed,
    `nobody has made a plan within ${durationText(timeLimitMs / 1000)}: do the services run? nocodb-backup up starts them, and nocodb-backup events --follow shows what they do. Nothing was touched.`,
  );
};
