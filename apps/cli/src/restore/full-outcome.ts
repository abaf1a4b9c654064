import { ExitCode } from '../exit-code.js';
import type { FullCourse } from './full-course.js';
import type { RestoreOutcome } from './outcome.js';
import { kindText } from './wish.js';

/** What came of a full restore; what `restore --full --json` prints. */
export interface FullOutcome {
  readonly backupId: string;
  readonly verdict: 'completed' | 'partial' | 'failed' | 'refused';
  /** In the order in which they were made; after the first that did not end well there is none. */
  readonly restores: readonly RestoreOutcome[];
  /** What was not put back, a sentence each. */
  readonly notRestored: readonly string[];
  readonly next: readonly string[];
}

/** Sums up the restores that were made. Refused is only what touched nothing at all. */
export const fullOutcome = (course: FullCourse, restores: readonly RestoreOutcome[]): FullOutcome => {
  const { backupId, wishes, lacking } = course;
  const broken = restores.find((outcome) => !isDone(outcome));
  const skipped = wishes.slice(restores.length);
  const isPartial = lacking.length > 0 || restores.some(({ verdict }) => verdict === 'partial');
  return {
    backupId,
    verdict: broken ? brokenVerdict(broken, restores) : isPartial ? 'partial' : 'completed',
    restores,
    notRestored: [
      ...(broken ? [`the ${kindText[broken.kind]}: ${broken.failure?.reason ?? broken.verdict}`] : []),
      ...skipped.map(({ kind }) => `the ${kindText[kind]}: not begun, because of that`),
      ...lacking,
    ],
    next: broken
      ? goingOn(backupId, [broken.kind, ...skipped.map(({ kind }) => kind)])
      : nextOf(course, restores),
  };
};

/** Whether what comes after a restore may begin. */
export const isDone = ({ verdict }: RestoreOutcome): boolean =>
  verdict === 'completed' || verdict === 'partial';

/** What `restore --full` ends with. */
export const fullExitCodes: Readonly<Record<FullOutcome['verdict'], ExitCode>> = {
  completed: ExitCode.done,
  partial: ExitCode.partial,
  failed: ExitCode.failed,
  refused: ExitCode.refused,
};

const brokenVerdict = ({ verdict }: RestoreOutcome, { length }: readonly RestoreOutcome[]) =>
  verdict === 'refused' && length === 1 ? 'refused' : 'failed';

/** Each restore tells what comes after it alone; what this one has done already is no advice, and once is enough to start NocoDB. */
const nextOf = ({ next, wishes }: FullCourse, restores: readonly RestoreOutcome[]): string[] => {
  const done = wishes.map(({ kind }) => `nocodb-backup restore-${kind} `);
  const theirs = restores
    .flatMap((outcome) => outcome.next)
    .filter((text) => !done.some((verb) => text.includes(verb)));
  const first = theirs.find(isStart);
  return [...new Set([...theirs.filter((text) => !isStart(text) || text === first), ...next])];
};

const isStart = (advice: string): boolean => advice.startsWith('Start NocoDB');

const goingOn = (id: string, kinds: readonly RestoreOutcome['kind'][]): string[] => [
  'Mend what is named above; nocodb-backup doctor helps',
  `Then go on where it stopped: ${kinds.map((kind) => `nocodb-backup restore-${kind} ${id}`).join(', then ')}`,
  'Start NocoDB only after that',
];
