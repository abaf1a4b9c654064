import type { BackupFact, KeepingFact } from '@nocodb-backup/backup';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { displayOf, type Words } from '../display.js';
import { ExitCode } from '../exit-code.js';
import type { OpenLog } from '../open-log.js';
import { figuresText } from '../views/figures-text.js';
import { oneLine, sentenceOf } from '../views/sentence.js';
import { watch } from '../watch.js';

/** A fact that answers a request about a backup. */
export type Answer = Extract<
  KeepingFact,
  { type: 'BackupDeleted' | 'DeletionRefused' | 'DeletionFailed' | 'Downloaded' | 'DownloadFailed' }
>;

/** Requests about one backup that were recorded. */
export interface Asked {
  readonly id: string;
  /** The place of the first of them in the log. */
  readonly from: number;
  /** Their keys. */
  readonly keys: readonly string[];
  /** What is asked for, such as `deletion`. */
  readonly noun: 'deletion' | 'download';
}

const unattendedMs = 15_000;

/** Follows requests until each is answered. Throws Ended after Ctrl-C: what was asked for will be done all the same. */
export const answersTo = async (
  context: CliContext,
  open: OpenLog,
  asked: Asked,
): Promise<readonly Answer[]> => {
  const { id, from, keys, noun } = asked;
  const { signal } = context;
  const watched = {
    stream: 'backup',
    id,
    from,
    evolve: withAnswer(keys),
    hasEnded: (answers: readonly Answer[]) => answers.length === keys.length,
    isUntouched: (answers: readonly Answer[]) => answers.length === 0,
    atWork: (figures: ReadonlyMap<string, Readonly<Record<string, number | string>>>) => figures,
  } as const;
  const display = displayOf(context, words(noun));
  const unattended = `Nobody has taken up the ${noun} yet: no services seem to run. Start them with: nocodb-backup up\nThe request stands and will be done as soon as they run; still waiting (Ctrl-C detaches).`;
  const answers = (await watch(open, watched, { display, signal, unattendedMs, unattended })) ?? [];
  if (answers.length === keys.length) return answers;
  if (signal.reason instanceof Interrupted)
    throw new Ended(
      ExitCode.interrupted,
      `detached; the ${noun} will be done. What became of it: nocodb-backup show ${id}`,
    );
  signal.throwIfAborted();
  throw new CliError(
    ExitCode.failed,
    `the event log was lost before the ${noun} ended; nocodb-backup show ${id} tells what became of it`,
  );
};

const types: readonly string[] = [
  'BackupDeleted',
  'DeletionRefused',
  'DeletionFailed',
  'Downloaded',
  'DownloadFailed',
] satisfies Answer['type'][];

const withAnswer =
  (keys: readonly string[]) =>
  (answers: readonly Answer[] = [], fact: BackupFact): readonly Answer[] => {
    const answer = fact as Answer;
    return types.includes(fact.type) && keys.includes(answer.data.n) ? [...answers, answer] : answers;
  };

const words = (noun: string): Words<readonly Answer[], BackupFact> => ({
  lines: (_, figures) => {
    const [current] = figures.values();
    return [`${noun} ${current ? `: ${figuresText(current)}` : 'is waited for'}`];
  },
  lasting: ({ type, data }, _, colors) =>
    type.endsWith('Failed') || type.endsWith('Refused') ? colors.red(sentenceOf(type, data)) : undefined,
  line: ({ type, data }) => sentenceOf(type, data),
  figuresLine: (work, figures) => `${oneLine(work)}: ${figuresText(figures)}`,
});
