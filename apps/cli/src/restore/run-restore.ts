import { foldRestore } from '@nocodb-backup/backup';
import { checkedId } from '../backup-id.js';
import { Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { restoreEnding } from '../views/restore-ending.js';
import { restorePlan } from '../views/restore-plan.js';
import { checkCanAsk, confirm } from './confirm.js';
import type { Desk } from './desk.js';
import { outcomeOf, restoreExitCodes } from './outcome.js';
import { performedRestore } from './performed-restore.js';
import { type PlannedRestore, plannedRestore } from './planned-restore.js';
import { requestRestore } from './request-restore.js';
import { checkRestorable } from './restorable.js';
import { overwrites, type Wish } from './wish.js';

/** How a restore is asked for, besides what is wanted. */
export interface Manner {
  readonly force?: true;
  readonly plan?: true;
  readonly wait: boolean;
  readonly json?: true;
}

/** Runs one of the restore verbs: shows what would be done, asks, requests it, and tells how it ended. */
export const runRestore = async (context: CliContext, wish: Wish, manner: Manner): Promise<void> => {
  checkedId(wish.backupId);
  await using open = await openLog(context);
  const desk = { context, open };
  await checkRestorable(context, open.log, wish.backupId);
  if (manner.plan) {
    await printPlan(desk, wish, manner);
    return;
  }
  if (!manner.force) await agreed(desk, wish);
  await (manner.wait ? followToEnd(desk, wish, manner) : printRequested(desk, wish, manner));
};

/** The plan as `--plan --json` prints it. */
export const planJson = ({ restoreId, wish, plan }: PlannedRestore) => ({
  restoreId,
  backupId: wish.backupId,
  kind: wish.kind,
  steps: plan.steps,
  warnings: plan.warnings,
});

const printPlan = async (desk: Desk, wish: Wish, { json }: Manner): Promise<void> => {
  const { context } = desk;
  const planned = await plannedRestore(desk, wish);
  const frame = { now: context.now(), colors: colorsOf(context.stdout) };
  await (json ? printJson(context, planJson(planned)) : print(context, restorePlan(planned, frame)));
  say(context, 'Nothing was touched: this is only the plan.');
};

const followToEnd = async (desk: Desk, wish: Wish, { json }: Manner): Promise<void> => {
  const { context } = desk;
  const outcome = outcomeOf(await performedRestore(desk, wish));
  const frame = { now: context.now(), colors: colorsOf(context.stdout) };
  await (json ? printJson(context, outcome) : print(context, restoreEnding(outcome, frame)));
  const code = restoreExitCodes[outcome.verdict];
  if (code !== ExitCode.done) throw new Ended(code);
};

const agreed = async (desk: Desk, wish: Wish): Promise<void> => {
  const { context } = desk;
  checkCanAsk(context);
  const planned = await plannedRestore(desk, wish);
  say(context, restorePlan(planned, { now: context.now(), colors: colorsOf(context.stderr) }));
  await confirm(context, questionOf(wish));
};

/** What overwrites wants the id of the backup: nobody types that by accident. */
const questionOf = ({ kind, backupId }: Wish) =>
  overwrites(kind)
    ? { text: `\nTo do this, type the backup's id (${backupId}):`, answer: backupId }
    : { text: '\nTo do this, type yes:', answer: 'yes' };

const printRequested = async ({ context, open }: Desk, wish: Wish, { json }: Manner): Promise<void> => {
  const request = await requestRestore(open.log, wish, false, context);
  const restore = foldRestore([request]);
  await (json && restore ? printJson(context, outcomeOf(restore)) : print(context, request.data.restoreId));
};
