import { foldBackup } from '@nocodb-backup/backup';
import type { Command } from 'commander';
import { checkedId } from '../backup-id.js';
import { colorsOf, type CliContext } from '../context.js';
import { type BackupDetails, detailsOfBackup, detailsOfManifest } from '../details.js';
import { type HistoryLine, historyOf } from '../history.js';
import { loggedBackup } from '../known-backup.js';
import { unlessLogFails } from '../known-backups.js';
import { print, printJson } from '../print.js';
import { readFacts } from '../read-backups.js';
import { openVault, readManifest } from '../read-vault.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { backupDetails } from '../views/backup-details.js';

interface Options {
  readonly json?: true;
}

/** `show <id>`: one backup, its parts, tables, failures and history. */
export const addShow = (program: Command, context: CliContext): void => {
  program
    .command('show')
    .summary('show one backup: parts, tables, failures, history')
    .description(
      'Shows one backup: its parts, tables, figures, failures, warnings, and its history in brief.',
    )
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(['show 2026-02-05_05-15-00', 'show 2026-02-05_05-15-00 --json | jq .failures'], {
        done: true,
        failed: true,
        usage: true,
        unknownBackup: true,
      }),
    )
    .action((id: string, options: Options) => show(context, id, options));
};

const show = async (context: CliContext, id: string, { json }: Options): Promise<void> => {
  const found = (await fromLog(context, checkedId(id))) ?? (await fromVault(context, id));
  if (!found) throw unknownBackup(id, 'neither the event log nor the backup directory knows it');
  const { details, history } = found;
  if (json) return printJson(context, { ...details, history });
  await print(
    context,
    backupDetails(details, { now: context.now(), colors: colorsOf(context.stdout), history }),
  );
};

interface Found {
  readonly details: BackupDetails;
  readonly history: readonly HistoryLine[];
}

const fromLog = async (context: CliContext, id: string): Promise<Found | undefined> => {
  const facts = (await unlessLogFails(context, (log) => readFacts(log, id, context.signal))) ?? [];
  const backup = foldBackup(facts);
  if (!backup) return undefined;
  const known = loggedBackup(backup, await sealedHere(context), context.now());
  return { details: detailsOfBackup(known, backup), history: historyOf(facts) };
};

/** What the vault of this machine holds; undefined when it cannot say. */
const sealedHere = async (context: CliContext) => {
  const open = await openVault(context).catch(() => undefined);
  const { sealed } = (await open?.vault.backups().catch(() => undefined)) ?? {};
  return sealed && { sealed: new Set(sealed), manifests: [] };
};

const fromVault = async (context: CliContext, id: string): Promise<Found | undefined> => {
  const open = await openVault(context);
  const { sealed = [] } = (await open?.vault.backups()) ?? {};
  if (!open || !sealed.includes(id)) return undefined;
  return { details: detailsOfManifest(await readManifest(open.vault, id)), history: [] };
};
