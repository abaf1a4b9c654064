import type { Restore } from '@nocodb-backup/backup';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import { displayOf } from '../display.js';
import { ExitCode } from '../exit-code.js';
import { say } from '../print.js';
import { type Desk, unattendedMs } from './desk.js';
import { requestRestore } from './request-restore.js';
import { restoreWords } from './restore-words.js';
import { watchRestore } from './watch-restore.js';
import { type Wish, wishText } from './wish.js';

/** Requests a restore and follows it to its end. After Ctrl-C throws Ended, and `later` says what has not been asked for. */
export const performedRestore = async (
  { context, open }: Desk,
  wish: Wish,
  later: readonly string[] = [],
): Promise<Restore> => {
  const { signal } = context;
  const request = await requestRestore(open.log, wish, false, context);
  const id = request.data.restoreId;
  say(context, `restore ${id} is requested: ${wishText(wish)} of ${wish.backupId}`);
  const display = displayOf(context, restoreWords());
  const restore = await watchRestore(open, request, { display, signal, unattendedMs });
  if (restore?.ending) return restore;
  if (signal.reason instanceof Interrupted) throw new Ended(ExitCode.interrupted, detached(id, later));
  signal.throwIfAborted();
  throw new CliError(
    ExitCode.failed,
    `the event log was lost before the restore ended; nocodb-backup show ${id} tells what became of it`,
  );
};

const detached = (id: string, later: readonly string[]): string =>
  [`detached; the restore goes on. To follow it: nocodb-backup events ${id} --follow`, ...later].join('\n');
