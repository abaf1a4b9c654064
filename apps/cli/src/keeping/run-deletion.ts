import { backupIdOf, deletionRefusal, unloggedDeletionRefusal } from '@nocodb-backup/backup';
import { DeletionRequested, Destination } from '@nocodb-backup/events';
import { readLyingBackups } from '@nocodb-backup/service';
import { appendInFreeSecond } from '../append-in-free-second.js';
import { CliError, Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import type { KnownBackup } from '../known-backup.js';
import { openLog, type OpenLog } from '../open-log.js';
import { print, printJson } from '../print.js';
import { checkCanAsk, confirm } from '../restore/confirm.js';
import { unknownBackup } from '../unknown-backup.js';
import { ageText, sizeText } from '../views/figures.js';
import { sentenceOf } from '../views/sentence.js';
import { painted } from '../views/verdict.js';
import { type Answer, answersTo } from './answers.js';
import { knownOne, type KnownOne } from './known-one.js';

/** How a deletion is asked for. */
export interface DeletionManner {
  readonly localOnly?: true;
  readonly force?: true;
  readonly json?: true;
}

/** Runs `delete <id>`: looks whether it may be, asks, requests it in each place, and tells what became of it. */
export const runDeletion = async (context: CliContext, id: string, manner: DeletionManner): Promise<void> => {
  await using open = await openLog(context);
  const one = await knownOne(context, open.log, id);
  if (!one) throw unknownBackup(id, 'neither the event log nor the backup directory knows it');
  const places = placesToClear(one.known, manner);
  await checkAllowed(context, open, { one, places, force: manner.force === true });
  if (!manner.force) await agreed(context, one.known, places);
  const answers = await requested(context, open, { id, places, force: manner.force === true });
  await (manner.json
    ? printJson(context, outcomeOf(id, answers))
    : print(context, answers.map(({ type, data }) => `${id} ${sentenceOf(type, data)}`).join('\n')));
  const code = exitCodeOf(answers);
  if (code !== ExitCode.done) throw new Ended(code);
};

/** Of a backup that failed, what is left lies in the local directory. */
const placesToClear = (
  { id, verdict, destinations }: KnownBackup,
  { localOnly }: DeletionManner,
): Destination[] => {
  if (verdict === 'deleted') throw unknownBackup(id, 'it is deleted already');
  const lying = Destination.options.filter((place) => destinations.includes(place));
  const all = lying.length > 0 ? lying : [Destination.enum.local];
  if (!localOnly) return all;
  if (all.includes('local')) return ['local'];
  throw unknownBackup(id, `it does not lie in the local directory, but in ${destinations.join(' and ')}`);
};

interface Wish {
  readonly one: KnownOne;
  readonly places: readonly Destination[];
  readonly force: boolean;
}

/** The uploader judges again; here nobody is asked in vain. */
const checkAllowed = async (context: CliContext, { log }: OpenLog, { one, places, force }: Wish) => {
  const { known, logged } = one;
  const backups = await readLyingBackups(log, { signal: context.signal });
  for (const destination of places) {
    const wish = { destination, force };
    const reason = logged
      ? deletionRefusal(logged, backups, wish)
      : unloggedDeletionRefusal(known.id, backups, wish);
    if (reason !== undefined)
      throw new CliError(ExitCode.refused, `refused: ${reason}. Nothing was requested, nothing was touched.`);
  }
};

const agreed = async (context: CliContext, known: KnownBackup, places: readonly Destination[]) => {
  checkCanAsk(context);
  const { id, verdict, bytes, requestedAt } = known;
  const age = ageText(new Date(requestedAt), context.now());
  const text =
    `${id}  ${painted(verdict, colorsOf(context.stderr))}  ${sizeText(bytes)}, ${age}\n` +
    `It will be deleted for good in: ${places.join(' and ')}.\nTo do this, type the backup's id (${id}):`;
  await confirm(context, { text, answer: id });
};

const requested = async (
  context: CliContext,
  open: OpenLog,
  { id, places, force }: { id: string; places: readonly Destination[]; force: boolean },
): Promise<readonly Answer[]> => {
  const requests = [];
  for (const destination of places) {
    const at = (instant: Date) =>
      DeletionRequested({
        backupId: id,
        n: `${backupIdOf(instant)}-${destination}`,
        destination,
        requestedBy: context.person,
        force,
      });
    const request = { noun: 'deletion', instant: context.now(), at } as const;
    requests.push(await appendInFreeSecond(open.log, request, context.signal));
  }
  const [first] = requests;
  const keys = requests.map(({ data }) => data.n);
  return answersTo(context, open, { id, from: first?.sequence ?? 1, keys, noun: 'deletion' });
};

const outcomeOf = (id: string, answers: readonly Answer[]) => ({
  id,
  deleted: answers.flatMap(({ type, data }) => {
    if (type !== 'BackupDeleted') return [];
    const { destination, files, bytes, warnings } = data;
    return { destination, files, bytes, warnings };
  }),
  refused: answers.flatMap(({ type, data }) =>
    type === 'DeletionRefused' ? { destination: data.destination, reason: data.reason } : [],
  ),
  failed: answers.flatMap(({ type, data }) =>
    type === 'DeletionFailed' ? { destination: data.destination, reason: data.failure.reason } : [],
  ),
});

const exitCodeOf = (answers: readonly Answer[]): ExitCode => {
  const types = new Set(answers.map(({ type }) => type));
  if (types.size === 1 && types.has('BackupDeleted')) return ExitCode.done;
  if (types.has('BackupDeleted')) return ExitCode.partial;
  return types.has('DeletionFailed') ? ExitCode.failed : ExitCode.refused;
};
