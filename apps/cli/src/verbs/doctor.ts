import type { Command } from 'commander';
import { Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { apiCheck } from '../doctor/check-api.js';
import { bucketCheck } from '../doctor/check-bucket.js';
import { type Check, runChecks } from '../doctor/check.js';
import { askDatabase, databaseCheck, dumpCheck } from '../doctor/check-database.js';
import { dataCheck } from '../doctor/check-data.js';
import { collationCheck } from '../doctor/check-collation.js';
import { keysCheck } from '../doctor/check-keys.js';
import { lastBackupCheck } from '../doctor/check-last-backup.js';
import { logCheck } from '../doctor/check-log.js';
import { nodeCheck } from '../doctor/check-node.js';
import { vaultCheck } from '../doctor/check-vault.js';
import { neededBytes } from '../doctor/needed-bytes.js';
import { ExitCode } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { verbHelp } from '../verb-help.js';
import { checkedLine } from '../views/checked-line.js';

interface Options {
  readonly json?: true;
}

const limitMs = 10_000;

/** `doctor`: is everything there that a backup needs? */
export const addDoctor = (program: Command, context: CliContext): void => {
  program
    .command('doctor')
    .summary('check that everything is there that a backup needs')
    .description(
      'Checks what a backup needs: event log, database, pg_dump, the order of text, NocoDB API and token, data directory, backup directory and its free space, the bucket, the keys of encrypted backups, and the age of the last backup. Changes nothing (but writes a small object to the bucket, and deletes it).',
    )
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['doctor', 'doctor --json | jq \'.checks[] | select(.status != "ok")\''], {
        done: 'nothing fails; there may be warnings',
        failed: 'something fails',
        usage: true,
      }),
    )
    .action((options: Options) => doctor(context, options));
};

const doctor = async (context: CliContext, { json }: Options): Promise<void> => {
  const checks = await runChecks(checksOf(context), context.signal, limitMs);
  const isHealthy = checks.every(({ status }) => status !== 'fail');
  const colors = colorsOf(context.stdout);
  await (json
    ? printJson(context, { healthy: isHealthy, checks })
    : print(context, checks.map((checked) => checkedLine(checked, colors)).join('\n')));
  if (!isHealthy) throw new Ended(ExitCode.failed);
};

const checksOf = (context: CliContext): Check[] => {
  const database = askDatabase(context);
  return [
    nodeCheck,
    logCheck(context),
    databaseCheck(context, database),
    dumpCheck(database),
    collationCheck(context, database),
    apiCheck(context),
    dataCheck(context),
    vaultCheck(context, neededBytes(context, database)),
    bucketCheck(context),
    keysCheck(context),
    lastBackupCheck(context),
  ];
};
