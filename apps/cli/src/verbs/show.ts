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
import { readRestoreFacts, readRestoresOf } from '../read-restores.js';
import { backupsIn, openVault, readManifest } from '../read-vault.js';
import { detailsOfRestore, type RestoreDetails } from '../restore/details.js';
import { outcomeOf, type RestoreOutcome } from '../restore/outcome.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { backupDetails } from '../views/backup-details.js';
import { restoreDetails } from '../views/restore-details.js';

interface Options {
  readonly json?: true;
}

/** `show <id>`: one backup, its parts, tables, failures and history; or one restore. */
export const addShow = (program: Command, context: CliContext): void => {
  program
    .command('show')
    .summary('show one backup, or one restore: parts, tables, failures, history')
    .description(
      'Shows one backup: its parts, tables, figures, failures, warnings, the restores that were made of it, and its history in brief. For the id of a restore: what it put back, what it left out and why.',
    )
    .argument('<id>', 'id of a backup or of a restore, such as 2026-02-05_05-15-00')
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
  const logged = await fromLog(context, checkedId(id));
  const found = logged?.backup ?? (await fromVault(context, id, logged?.restores));
  const frame = { now: context.now(), colors: colorsOf(context.stdout) };
  if (found) {
    const { details, ...more } = found;
    return json
      ? printJson(context, { ...details, ...more })
      : print(context, backupDetails(details, { ...frame, ...more }));
  }
  if (!logged?.restore) throw unknownBackup(id, 'neither the event log nor the backup directory knows it');
  return json ? printJson(context, logged.restore) : print(context, restoreDetails(logged.restore, frame));
};

interface Found {
  readonly details: BackupDetails;
  readonly restores: readonly RestoreOutcome[];
  readonly history: readonly HistoryLine[];
}

interface Logged {
  readonly backup: Found | undefined;
  /** Of the backup. */
  readonly restores: readonly RestoreOutcome[];
  /** The restore that has the id. */
  readonly restore: RestoreDetails | undefined;
}

const fromLog = (context: CliContext, id: string): Promise<Logged | undefined> =>
  unlessLogFails(context, async (log) => {
    const { signal } = context;
    const facts = await readFacts(log, id, signal);
    const restores = (await readRestoresOf(log, id, signal)).map(outcomeOf);
    const restore = detailsOfRestore(await readRestoreFacts(log, id, signal));
    const backup = foldBackup(facts);
    if (!backup) return { backup: undefined, restores, restore };
    const known = loggedBackup(backup, await sealedHere(context), context.now());
    const details = detailsOfBackup(known, backup);
    return { backup: { details, restores, history: historyOf(facts) }, restores, restore };
  });

/** What the vault of this machine holds; undefined when it cannot say. */
const sealedHere = async (context: CliContext) => {
  const open = await openVault(context).catch(() => undefined);
  const { sealed } = (await open?.vault.backups().catch(() => undefined)) ?? {};
  return sealed && { sealed: new Set(sealed), manifests: [] };
};

const fromVault = async (
  context: CliContext,
  id: string,
  restores: readonly RestoreOutcome[] = [],
): Promise<Found | undefined> => {
  const open = await openVault(context);
  const { sealed = [] } = open ? await backupsIn(open.vault) : {};
  if (!open || !sealed.includes(id)) return undefined;
  const details = detailsOfManifest(await readManifest(open.vault, id));
  return { details, restores, history: [] };
};
