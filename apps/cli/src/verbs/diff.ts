import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  IdentitySettings,
  S3Settings,
  type StoredBackup,
  unlockingOf,
  vaultReaderOf,
} from '@nocodb-backup/vault';
import { type Command, InvalidArgumentError } from 'commander';
import { checkedId } from '../backup-id.js';
import { CliError, Ended } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { print, printJson, say } from '../print.js';
import { backupsIn, readBackup } from '../read-vault.js';
import { comparedTable, type TableComparison } from '../table-diff/compared-table.js';
import type { Difference } from '../table-diff/differences.js';
import { type Narrowing, pairedTables, type TablePair } from '../table-diff/paired-tables.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { differenceLine, diffTable } from '../views/diff-table.js';

interface Options extends Narrowing {
  readonly limit: number;
  readonly json?: true;
}

/** `diff <backup> <backup>`: which records were added, changed and removed from one to the other. */
export const addDiff = (program: Command, context: CliContext): void => {
  program
    .command('diff')
    .summary('show which records were added, changed and removed between two backups')
    .description(
      'Compares the exported records of two backups, in NOCODB_BACKUP_DIR or the bucket, table by table; with --table it prints the records, sorted by id. What NocoDB works out (formulas, rollups, lookups) is not compared. A table whose records have the same digest, or hash of the content, is not read. Needs neither the event log nor NocoDB; encrypted backups need the key.',
    )
    .argument('<before>', 'backup id, such as 2026-02-05_05-15-00')
    .argument('<after>', 'backup id')
    .option('--base <title|id>', 'only this base')
    .option('--table <title|id>', 'only this table, with its records')
    .option(
      '--limit <count>',
      'with --table, print at most so many records of a table; 0 = all',
      countOf,
      100,
    )
    .option(
      '--json',
      'print a JSON array; with --table each record as one line of JSON (NDJSON), without a limit, and last the table',
    )
    .addHelpText('after', help)
    .action((before: string, after: string, options: Options) => diff(context, [before, after], options));
};

const help = verbHelp(
  [
    'diff 2026-02-04_05-15-00 2026-02-05_05-15-00',
    'diff 2026-02-04_05-15-00 2026-02-05_05-15-00 --base "CRM" --table "Orders"',
  ],
  {
    done: 'compared, whatever was found',
    partial: 'tables could not be compared, as one of the backups does not hold their records',
    failed: 'a backup is damaged, or cannot be read',
    usage: 'wrong usage, or neither backup has such a table',
    unknownBackup: true,
  },
);

const countOf = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a number.');
};

const diff = async (context: CliContext, ids: readonly [string, string], options: Options): Promise<void> => {
  const backups = await openedBackups(context, ids);
  const pairs = pairedTables(backups.before, backups.after, options);
  if (pairs.length === 0) throw nothingNamed(options);
  const tables: TableComparison[] = [];
  for (const pair of pairs) tables.push(await told(context, { backups, pair, options }));
  const colors = colorsOf(context.stdout);
  if (!options.json) await print(context, diffTable(tables, colors));
  else if (options.table === undefined) await printJson(context, tables);
  const missed = tables.filter(({ state }) => state === 'not compared');
  if (missed.length > 0)
    throw new Ended(
      ExitCode.partial,
      `not compared: ${missed.map(({ base, title }) => `"${title}" of base "${base}"`).join(', ')}`,
    );
};

interface Work {
  readonly backups: { readonly before: StoredBackup; readonly after: StoredBackup };
  readonly pair: TablePair;
  readonly options: Options;
}

const told = async (context: CliContext, { backups, pair, options }: Work): Promise<TableComparison> => {
  const colors = colorsOf(context.stdout);
  const { table, json, limit } = options;
  let count = 0;
  const heard = async (difference: Difference): Promise<void> => {
    if (table === undefined) return;
    count += 1;
    if (json) await print(context, JSON.stringify(difference));
    else if (limit === 0 || count <= limit) await print(context, differenceLine(difference, colors));
  };
  try {
    const compared = await comparedTable({ ...backups, signal: context.signal }, pair, heard);
    if (json && table !== undefined) await print(context, JSON.stringify({ table: compared }));
    if (!json && limit > 0 && count > limit) say(context, `${count - limit} more; --limit 0 prints all`);
    return compared;
  } catch (error) {
    context.signal.throwIfAborted();
    throw new CliError(ExitCode.failed, `the backups could not be compared: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const openedBackups = async (
  context: CliContext,
  [before, after]: readonly [string, string],
): Promise<Work['backups']> => {
  const schema = VaultSettings.extend({ ...S3Settings.shape, ...IdentitySettings.shape });
  const settings = parseConfig(schema, context.environment());
  const vault = vaultReaderOf(settings);
  const { sealed } = await backupsIn(vault);
  const open = async (id: string): Promise<StoredBackup> => {
    if (!sealed.includes(checkedId(id)))
      throw unknownBackup(id, 'it lies neither in the backup directory nor in the bucket');
    const backup = await readBackup(vault, id, unlockingOf(settings));
    if (backup.locked !== undefined) throw new CliError(ExitCode.failed, backup.locked);
    return backup;
  };
  return { before: await open(before), after: await open(after) };
};

const nothingNamed = ({ base, table }: Options): CliError =>
  new CliError(
    ExitCode.usage,
    base === undefined && table === undefined
      ? 'neither backup holds an export of tables'
      : `neither backup has ${table === undefined ? 'such a base' : `a table "${table}"`}${base === undefined ? '' : ` in a base "${base}"`}: nocodb-backup inspect <id> lists them`,
  );
