import { backupIdOf, type PlacedVerdict, retentionFacts, retentionPlan } from '@nocodb-backup/backup';
import {
  BackupSettings,
  parseConfig,
  readLyingBackups,
  retentionPolicyOf,
  RetentionSettings,
  ZoneSettings,
} from '@nocodb-backup/service';
import type { Command } from 'commander';
import { colorsOf, type CliContext } from '../context.js';
import { openLog, type OpenLog } from '../open-log.js';
import { print, printJson, say } from '../print.js';
import { checkCanAsk, confirm } from '../restore/confirm.js';
import { verbHelp } from '../verb-help.js';
import { countText } from '../views/figures.js';
import { retentionTable } from '../views/retention-table.js';

interface Options {
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
}

/** `retention`: which backups stay, which go, and why; and lets them go now. */
export const addRetention = (program: Command, context: CliContext): void => {
  program
    .command('retention')
    .summary('show which backups stay and why; let the others go')
    .description(
      'Says of each backup in each place whether it stays, and why, by the rules of NOCODB_BACKUP_RETENTION_* and NOCODB_BACKUP_KEEP_*. The scheduler does this by itself after each complete backup and every day; without --dry-run it is done now, after a question.',
    )
    .option('--dry-run', 'only show it; nothing goes')
    .option('--force', 'do not ask')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      verbHelp(['retention --dry-run', "retention --dry-run --json | jq '.[] | select(.stays | not)'"], {
        done: true,
        failed: true,
        usage: true,
        refused: 'not confirmed: nothing was requested',
      }),
    )
    .action((options: Options) => retention(context, options));
};

const retention = async (context: CliContext, { dryRun, force, json }: Options): Promise<void> => {
  const settings = settingsOf(context);
  await using open = await openLog(context);
  const backups = await readLyingBackups(open.log, { signal: context.signal });
  const own = backups.filter(({ request }) => request.source === settings.source);
  const plan = retentionPlan(own, settings.policy, context.now());
  const colors = colorsOf(context.stdout);
  await (json
    ? printJson(context, plan.map(verdictJson))
    : print(context, retentionTable(plan, { now: context.now(), colors })));
  if (dryRun) return;
  const facts = retentionFacts(plan, settings.policy, backupIdOf(context.now()));
  if (facts.length === 0) return;
  if (!force) await agreed(context, facts.length);
  await record(context, open, facts);
};

const settingsOf = (context: CliContext) => {
  const schema = BackupSettings.pick({ NOCODB_BACKUP_SOURCE: true }).extend({
    ...RetentionSettings.shape,
    ...ZoneSettings.shape,
  });
  const settings = parseConfig(schema, context.environment());
  return { source: settings.NOCODB_BACKUP_SOURCE, policy: retentionPolicyOf(settings) };
};

/** A verdict as `retention --json` prints it. */
const verdictJson = ({ id, destination, stays, reasons }: PlacedVerdict) => ({
  id,
  destination,
  stays,
  reasons,
});

const agreed = async (context: CliContext, count: number): Promise<void> => {
  checkCanAsk(context);
  const text = `\n${countText(count, 'copy', 'copies')} of backups will be deleted for good. To do this, type yes:`;
  await confirm(context, { text, answer: 'yes' });
};

const record = async (context: CliContext, { log }: OpenLog, facts: ReturnType<typeof retentionFacts>) => {
  for (const fact of facts) await log.append(fact, undefined, { signal: context.signal });
  say(
    context,
    `${countText(facts.length, 'copy', 'copies')} of backups will be deleted by the uploader; nocodb-backup list tells what is left`,
  );
};
