import type { Manifest } from '@nocodb-backup/backup';
import { parseConfig } from '@nocodb-backup/service';
import { IdentitySettings, type StoredBackup, unlockingOf } from '@nocodb-backup/vault';
import type { Command } from 'commander';
import { checkedId } from '../backup-id.js';
import { CliError } from '../cli-error.js';
import { colorsOf, type CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { print, printJson } from '../print.js';
import { backupsIn, openVault, readBackup } from '../read-vault.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';
import { backupTree } from '../views/manifest-tree.js';

interface Options {
  readonly json?: true;
}

/** `inspect <id>`: what lies in a backup. Reads the vault alone. */
export const addInspect = (program: Command, context: CliContext): void => {
  program
    .command('inspect')
    .summary('show what lies in a backup, as a tree')
    .description(
      'Shows what lies in a backup: its files, bases and tables with records, links, attachments and sizes, as its manifest in NOCODB_BACKUP_DIR says. Backups of the Python tool are shown, too. Of an encrypted backup the titles are shown where NOCODB_BACKUP_IDENTITY or the passphrase opens it. Needs neither the event log nor NocoDB.',
    )
    .argument('<id>', 'backup id, such as 2026-02-05_05-15-00')
    .option('--json', 'print the manifest')
    .addHelpText(
      'after',
      verbHelp(['inspect 2026-02-05_05-15-00', "inspect 2026-02-05_05-15-00 --json | jq '.parts.export'"], {
        done: true,
        failed: 'the backup is not complete, or its manifest is damaged',
        usage: true,
        unknownBackup: true,
      }),
    )
    .action((id: string, options: Options) => inspect(context, id, options));
};

const inspect = async (context: CliContext, id: string, { json }: Options): Promise<void> => {
  const open = await openVault(context);
  checkedId(id);
  if (!open)
    throw unknownBackup(id, 'the backup directory (NOCODB_BACKUP_DIR) does not exist on this machine');
  const { directory, vault } = open;
  const { sealed, unsealed } = await backupsIn(vault);
  if (unsealed.includes(id)) throw notSealed(id, directory);
  if (!sealed.includes(id))
    throw unknownBackup(
      id,
      `it does not lie in ${directory}; if it is still being made, nocodb-backup show ${id} tells how far it is`,
    );
  const unlocking = unlockingOf(parseConfig(IdentitySettings, context.environment()));
  const backup = await readBackup(vault, id, unlocking);
  if (json) return printJson(context, withStoredPaths(backup));
  await print(context, backupTree(backup, colorsOf(context.stdout)));
};

/** With titles where a key opens them; the files are those that lie there. */
const withStoredPaths = ({ manifest, storedManifest }: StoredBackup): Manifest =>
  storedManifest ? { ...manifest, artifacts: storedManifest.artifacts } : manifest;

const notSealed = (id: string, directory: string): CliError =>
  new CliError(
    ExitCode.failed,
    `${directory}/${id} has no manifest.json: the backup is not complete, it is being made or its making ended half way. ` +
      `What became of it: nocodb-backup show ${id}`,
  );
