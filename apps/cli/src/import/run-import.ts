import { backupIdOf, type Moment } from '@nocodb-backup/backup';
import { type ImportEvent, ImportRequested } from '@nocodb-backup/events';
import { BackupSettings, parseConfig } from '@nocodb-backup/service';
import { appendInFreeSecond } from '../append-in-free-second.js';
import { CliError, Ended, Interrupted } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { displayOf, type Words } from '../display.js';
import { ExitCode } from '../exit-code.js';
import { openLog, type OpenLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { figuresText } from '../views/figures-text.js';
import { importEnding } from '../views/import-ending.js';
import { sentenceOf } from '../views/sentence.js';
import { watch } from '../watch.js';
import { isWhole, type Outcome, outcomeOf } from './outcome.js';

/** What is to be imported. */
export interface ImportManner {
  readonly source?: string;
  readonly anySource?: true;
  readonly deleted?: boolean;
  readonly json?: true;
}

type ImportFact = ImportEvent & Moment;

const unattendedMs = 15_000;

/** Runs `import`: asks the restorer to look at what lies in the vault, and tells what came of it. */
export const runImport = async (context: CliContext, manner: ImportManner): Promise<void> => {
  await using open = await openLog(context);
  const outcome = await performed(context, open, await requested(context, open, manner));
  await (manner.json
    ? printJson(context, outcome)
    : print(context, importEnding(outcome, colorsOf(context.stdout))));
  if (isEmpty(outcome)) throw new Ended(ExitCode.failed, nothingThere(outcome));
  if (!isWhole(outcome)) throw new Ended(ExitCode.partial);
};

const requested = (
  context: CliContext,
  { log }: OpenLog,
  { source, anySource, deleted = false }: ImportManner,
): Promise<ImportRequested & Moment> => {
  const own = () => parseConfig(BackupSettings.pick({ NOCODB_BACKUP_SOURCE: true }), context.environment());
  const wanted = anySource ? null : (source ?? own().NOCODB_BACKUP_SOURCE);
  const at = (instant: Date) =>
    ImportRequested({
      importId: backupIdOf(instant),
      source: wanted,
      deleted,
      requestedBy: context.person,
    });
  return appendInFreeSecond(log, { noun: 'import', instant: context.now(), at }, context.signal);
};

const performed = async (
  context: CliContext,
  open: OpenLog,
  { data: { importId }, sequence: from }: ImportRequested & Moment,
): Promise<Outcome> => {
  const { signal } = context;
  say(context, `import ${importId} is requested`);
  const watched = {
    stream: 'import',
    id: importId,
    from,
    evolve: (_: ImportFact | undefined, fact: ImportFact) => fact,
    hasEnded: ({ type }: ImportFact) => type !== 'ImportRequested',
    isUntouched: ({ type }: ImportFact) => type === 'ImportRequested',
    atWork: (figures: ReadonlyMap<string, Readonly<Record<string, number | string>>>) => figures,
  } as const;
  const display = displayOf(context, words);
  const ending = await watch(open, watched, { display, signal, unattendedMs, unattended });
  if (ending?.type === 'ImportCompleted') return outcomeOf(ending.data);
  if (ending?.type === 'ImportFailed')
    throw new CliError(ExitCode.failed, failedText(ending.data.failure.reason));
  if (signal.reason instanceof Interrupted) throw new Ended(ExitCode.interrupted, detached);
  signal.throwIfAborted();
  throw new CliError(
    ExitCode.failed,
    'the event log was lost before the import ended; import again, twice does no harm',
  );
};

const words: Words<ImportFact, ImportFact> = {
  lines: (_, figures) => {
    const [current] = figures.values();
    return [`import: ${current ? figuresText(current) : 'is waited for'}`];
  },
  lasting: () => undefined,
  line: ({ type, data }) => (type === 'ImportRequested' ? undefined : sentenceOf(type, data)),
  figuresLine: (_, figures) => `import: ${figuresText(figures)}`,
};

const unattended =
  'Nobody has taken up the import yet: no restorer runs. Start the services with: nocodb-backup up\n' +
  'The request stands and will be done as soon as one runs; still waiting (Ctrl-C detaches).';

const detached = 'detached; the import goes on. What it has found so far: nocodb-backup list';

const failedText = (reason: string): string =>
  `the vault could not be looked at to the end: ${reason}\nWhat was imported until then stays so; import again, twice does no harm`;

const isEmpty = ({ places }: Outcome): boolean => places.every(({ backups }) => backups === 0);

const nothingThere = ({ places }: Outcome): string =>
  `There is no backup in ${places.map(({ destination }) => destination).join(' or ')}. Do NOCODB_BACKUP_DIR and NOCODB_BACKUP_S3_BUCKET and ..._PREFIX of the restorer name the right places?`;
