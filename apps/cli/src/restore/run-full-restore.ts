import { checkedId } from '../backup-id.js';
import { Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { openLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { fullEnding, fullIntroduction } from '../views/full-restore.js';
import { restorePlan } from '../views/restore-plan.js';
import { checkCanAsk, confirm } from './confirm.js';
import type { Desk } from './desk.js';
import { type FullCourse, fullCourse } from './full-course.js';
import { fullExitCodes, fullOutcome, isDone } from './full-outcome.js';
import { outcomeOf, type RestoreOutcome } from './outcome.js';
import { performedRestore } from './performed-restore.js';
import { type PlannedRestore, plannedRestore } from './planned-restore.js';
import { checkRestorable } from './restorable.js';
import { type Manner, planJson } from './run-restore.js';
import { storedParts } from './stored-parts.js';
import { kindText } from './wish.js';

type FullManner = Omit<Manner, 'wait'>;

/** Runs `restore --full`: database and data files, one after the other, each a restore of its own. */
export const runFullRestore = async (
  context: CliContext,
  backupId: string,
  manner: FullManner,
): Promise<void> => {
  checkedId(backupId);
  await using open = await openLog(context);
  const desk = { context, open };
  await checkRestorable(context, open.log, backupId);
  const course = fullCourse(backupId, await storedParts(desk, backupId), manner.force === true);
  say(context, fullIntroduction(course, { now: context.now(), colors: colorsOf(context.stderr) }));
  await (manner.plan ? printPlans(desk, course, manner) : followAll(desk, course, manner));
};

/** Nothing is touched before everything could be planned. */
const planned = async (desk: Desk, { wishes }: FullCourse): Promise<PlannedRestore[]> => {
  const plans: PlannedRestore[] = [];
  for (const wish of wishes) plans.push(await plannedRestore(desk, wish));
  return plans;
};

const printPlans = async (desk: Desk, course: FullCourse, { json }: FullManner): Promise<void> => {
  const { context } = desk;
  const frame = { now: context.now(), colors: colorsOf(context.stdout) };
  const plans = await planned(desk, course);
  await (json
    ? printJson(context, { backupId: course.backupId, plans: plans.map(planJson) })
    : print(context, plans.map((plan) => restorePlan(plan, frame)).join('\n')));
  say(context, 'Nothing was touched: this is only the plan.');
};

const followAll = async (desk: Desk, course: FullCourse, { force, json }: FullManner): Promise<void> => {
  const { context } = desk;
  if (!force) await agreed(desk, course);
  const outcome = fullOutcome(course, await performed(desk, course));
  await (json ? printJson(context, outcome) : print(context, fullEnding(outcome, colorsOf(context.stdout))));
  const code = fullExitCodes[outcome.verdict];
  if (code !== ExitCode.done) throw new Ended(code);
};

const agreed = async (desk: Desk, course: FullCourse): Promise<void> => {
  const { context } = desk;
  checkCanAsk(context);
  const frame = { now: context.now(), colors: colorsOf(context.stderr) };
  for (const plan of await planned(desk, course)) say(context, restorePlan(plan, frame));
  const { backupId: answer } = course;
  await confirm(context, { text: `\nTo do all this, type the backup's id (${answer}):`, answer });
};

const performed = async (desk: Desk, { backupId, wishes }: FullCourse): Promise<RestoreOutcome[]> => {
  const outcomes: RestoreOutcome[] = [];
  for (const [index, wish] of wishes.entries()) {
    const later = wishes
      .slice(index + 1)
      .map(
        ({ kind }) =>
          `The ${kindText[kind]} are not asked for yet. Once it has ended: nocodb-backup restore-${kind} ${backupId}`,
      );
    const outcome = outcomeOf(await performedRestore(desk, wish, later));
    outcomes.push(outcome);
    if (!isDone(outcome)) break;
  }
  return outcomes;
};
