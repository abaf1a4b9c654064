import { type BackupFact, backupIdOf, evolveVerification, type Verification } from '@nocodb-backup/backup';
import { VerificationRequested } from '@nocodb-backup/events';
import { appendInFreeSecond } from '../append-in-free-second.js';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { displayOf } from '../display.js';
import { ExitCode } from '../exit-code.js';
import type { OpenLog } from '../open-log.js';
import { say } from '../print.js';
import { watch, type Watched } from '../watch.js';
import { outcomeOf, type VerificationOutcome } from './outcome.js';
import { nounOf, verificationWords } from './verification-words.js';

/** What somebody wants to know of a backup. */
export type Question = Pick<VerificationRequested['data'], 'backupId' | 'kind' | 'sample'>;

const unattendedMs = 15_000;

/** Requests a verification or drill and follows it to its end. Throws Ended after Ctrl-C: it goes on. */
export const performedVerification = async (
  context: CliContext,
  open: OpenLog,
  question: Question,
): Promise<VerificationOutcome> => {
  const { signal, person: requestedBy } = context;
  const noun = nounOf(question);
  const at = (instant: Date) =>
    VerificationRequested({ ...question, n: backupIdOf(instant), requestedBy, trigger: 'manual' });
  const { data, sequence: from } = await appendInFreeSecond(
    open.log,
    { noun, instant: context.now(), at },
    signal,
  );
  const { backupId: id, n } = data;
  say(context, `${noun} of backup ${id} is requested`);
  const display = displayOf(context, verificationWords(n));
  const known = await watch(open, watchedOf(id, n, from), {
    display,
    signal,
    unattendedMs,
    unattended: unattended(noun),
  });
  const outcome = known && outcomeOf(known);
  if (outcome) return outcome;
  if (signal.reason instanceof Interrupted) throw new Ended(ExitCode.interrupted, detached(noun, id));
  signal.throwIfAborted();
  throw new CliError(
    ExitCode.failed,
    `the event log was lost before the ${noun} ended; nocodb-backup show ${id} tells what became of it`,
  );
};

const watchedOf = (id: string, n: string, from: number): Watched<Verification, BackupFact> => ({
  stream: 'backup',
  id,
  from,
  evolve: evolveVerification(n),
  hasEnded: ({ ending }) => ending !== undefined,
  isUntouched: ({ ending }) => ending === undefined,
  atWork: (figures) => new Map([...figures].filter(([work]) => work === n)),
});

const unattended = (noun: string): string =>
  `Nobody has taken up the ${noun} yet: no restorer runs (start the services with: nocodb-backup up), or it is busy with another ${noun}.\n` +
  'The request stands and will be done as soon as it is taken up; still waiting (Ctrl-C detaches).';

const detached = (noun: string, id: string): string =>
  `detached; the ${noun} goes on. What became of it: nocodb-backup show ${id}`;
