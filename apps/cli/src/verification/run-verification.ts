import { dueForDrill, newestComplete } from '@nocodb-backup/backup';
import type { Sample, VerificationKind } from '@nocodb-backup/events';
import { checkedId } from '../backup-id.js';
import { CliError, Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { allKnownBackups } from '../known-backups.js';
import { openLog, type OpenLog } from '../open-log.js';
import { print, printJson } from '../print.js';
import { readBackups } from '../read-backups.js';
import { checkRestorable } from '../restore/restorable.js';
import { verificationEnding } from '../views/verification-ending.js';
import type { VerificationOutcome } from './outcome.js';
import { performedVerification } from './performed-verification.js';

/** Which backups, and how. */
export interface Wish {
  /** Without it the newest complete one. */
  readonly id?: string | undefined;
  readonly kind: VerificationKind;
  readonly sample: Sample;
  readonly all?: true;
  readonly json?: true;
}

/** Runs `verify` or `drill`: one backup after another, each of them followed to its end. */
export const runVerification = async (context: CliContext, wish: Wish): Promise<void> => {
  const { kind, sample, json } = wish;
  if (wish.id !== undefined) checkedId(wish.id);
  await using open = await openLog(context);
  const outcomes: VerificationOutcome[] = [];
  for (const backupId of await wantedIds(context, open, wish)) {
    const outcome = await performedVerification(context, open, { backupId, kind, sample });
    outcomes.push(outcome);
    if (!json) await print(context, verificationEnding(outcome, colorsOf(context.stdout)));
  }
  if (json) await printJson(context, wish.all ? outcomes : outcomes[0]);
  if (outcomes.some(({ verdict }) => verdict !== 'ok')) throw new Ended(ExitCode.failed);
};

const wantedIds = async (
  context: CliContext,
  open: OpenLog,
  { id, kind, all }: Wish,
): Promise<readonly string[]> => {
  if (all) return everyId(context);
  if (id === undefined) return [await newestId(context, open, kind)];
  await checkRestorable(context, open.log, id);
  return [id];
};

const everyId = async (context: CliContext): Promise<readonly string[]> => {
  const lying = (await allKnownBackups(context)).filter(({ destinations }) => destinations.length > 0);
  if (lying.length > 0) return lying.map(({ id }) => id);
  throw new CliError(ExitCode.unknownBackup, 'there are no backups yet. Make one: nocodb-backup backup');
};

const newestId = async (context: CliContext, { log }: OpenLog, kind: VerificationKind): Promise<string> => {
  const pick = kind === 'drill' ? dueForDrill : newestComplete;
  const newest = pick(await readBackups(log, { signal: context.signal }), context.now());
  if (newest) return newest.id;
  const what = `complete backup${kind === 'drill' ? ' with a dump' : ''}`;
  throw new CliError(
    ExitCode.unknownBackup,
    `the event log knows no ${what}. Name one: nocodb-backup list shows all of them`,
  );
};
