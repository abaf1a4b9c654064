import { foldBackup, type Moment } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import type { Command } from 'commander';
import { checkedId } from '../backup-id.js';
import { colorsOf, type CliContext } from '../context.js';
import { type BackupDetails, detailsOfBackup } from '../details.js';
import { type HistoryLine, historyOf } from '../history.js';
import { loggedBackup, unloggedBackup, type VaultContent } from '../known-backup.js';
import { unlessLogFails } from '../known-backups.js';
import { openLog } from '../open-log.js';
import { instantOfText, pastInstant } from '../position.js';
import { print, printJson, say } from '../print.js';
import { readFacts, type Reading, wasRecorded } from '../read-backups.js';
import { readRestoreFacts, readRestoresOf } from '../read-restores.js';
import { backupsIn, openVault, readUnlogged } from '../read-vault.js';
import { detailsOfRestore, type RestoreDetails } from '../restore/details.js';
import { outcomeOf, type RestoreOutcome } from '../restore/outcome.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { backupDetails } from '../views/backup-details.js';
import { timeText } from '../views/figures.js';
import { restoreDetails } from '../views/restore-details.js';

interface Options {
  readonly at?: Date;
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
    .option(
      '--at <time>',
      'as the event log knew it at that time (UTC), such as 2026-02-05T05:15',
      instantOfText,
    )
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      verbHelp(
        [
          'show 2026-02-05_05-15-00',
          'show 2026-02-05_05-15-00 --at 2026-02-06',
          'show 2026-02-05_05-15-00 --json | jq .failures',
        ],
        {
          done: true,
          failed: true,
          usage: true,
          unknownBackup: 'no such backup; with --at: not known yet',
        },
      ),
    )
    .action((id: string, options: Options) => show(context, id, options));
};

const show = async (context: CliContext, id: string, { at, json }: Options): Promise<void> => {
  const { found, restore } = await (at === undefined
    ? foundNow(context, checkedId(id))
    : foundAt(context, checkedId(id), pastInstant(at, context.now())));
  const frame = { now: at ?? context.now(), colors: colorsOf(context.stdout) };
  if (at !== undefined && !json) say(context, `As the event log knew it at ${timeText(at)} UTC:`);
  if (found) {
    const { details, ...more } = found;
    return json
      ? printJson(context, { ...details, ...more })
      : print(context, backupDetails(details, { ...frame, ...more }));
  }
  if (!restore) throw unknownBackup(id, 'neither the event log nor the backup directory knows it');
  return json ? printJson(context, restore) : print(context, restoreDetails(restore, frame));
};

interface Shown {
  readonly found: Found | undefined;
  /** The restore that has the id. */
  readonly restore: RestoreDetails | undefined;
}

const foundNow = async (context: CliContext, id: string): Promise<Shown> => {
  const logged = await unlessLogFails(context, async (log) =>
    fromLog(log, id, { signal: context.signal, now: context.now(), vault: await sealedHere(context) }),
  );
  const found = logged?.found ?? (await fromVault(context, id, logged?.restores));
  return { found, restore: logged?.restore };
};

const foundAt = async (context: CliContext, id: string, at: Date): Promise<Shown> => {
  await using open = await openLog(context);
  const shown = await fromLog(open.log, id, { signal: context.signal, now: at, at });
  if (shown.found || shown.restore) return shown;
  throw unknownBackup(id, `the event log did not know it at ${timeText(at)} UTC`);
};

interface Found {
  readonly details: BackupDetails;
  readonly restores: readonly RestoreOutcome[];
  readonly history: readonly HistoryLine[];
}

interface Logged extends Shown {
  /** Of the backup. */
  readonly restores: readonly RestoreOutcome[];
}

interface Look extends Reading {
  readonly now: Date;
  readonly vault?: VaultContent | undefined;
}

const fromLog = async (log: EventLog, id: string, look: Look): Promise<Logged> => {
  const isKnown = (fact: Moment) => wasRecorded(fact, look.at);
  const facts = (await readFacts(log, id, look.signal)).filter(isKnown);
  const restores = (await readRestoresOf(log, id, look)).map(outcomeOf);
  const restore = detailsOfRestore((await readRestoreFacts(log, id, look.signal)).filter(isKnown));
  const backup = foldBackup(facts);
  if (!backup) return { found: undefined, restores, restore };
  const details = detailsOfBackup(loggedBackup(backup, look.vault, look.now), backup);
  return { found: { details, restores, history: historyOf(facts) }, restores, restore };
};

/** What the vault of this machine holds; undefined when it cannot say. */
const sealedHere = async (context: CliContext) => {
  const open = await openVault(context).catch(() => undefined);
  const { sealed } = (await open?.vault.backups().catch(() => undefined)) ?? {};
  return sealed && { sealed: new Set(sealed), unlogged: [] };
};

const fromVault = async (
  context: CliContext,
  id: string,
  restores: readonly RestoreOutcome[] = [],
): Promise<Found | undefined> => {
  const open = await openVault(context);
  const { sealed = [] } = open ? await backupsIn(open.vault) : {};
  if (!open || !sealed.includes(id)) return undefined;
  const backup = await readUnlogged(open.vault, id);
  const details = detailsOfBackup(unloggedBackup(backup, context.now()), backup);
  return { details, restores, history: [] };
};
