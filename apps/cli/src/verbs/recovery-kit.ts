import { writeFile } from 'node:fs/promises';
import { Manifest } from '@nocodb-backup/backup';
import { CompressionSettings } from '@nocodb-backup/compression';
import { connectionOf, DatabaseSettings } from '@nocodb-backup/postgres';
import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  EncryptionSettings,
  type FirstOf,
  s3ConnectionOf,
  S3Settings,
  vaultReaderOf,
} from '@nocodb-backup/vault';
import type { Command } from 'commander';
import { checkedId } from '../backup-id.js';
import { CliError } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { ExitCode } from '../exit-code.js';
import { print, say } from '../print.js';
import type { KitFacts } from '../recovery-kit/kit-facts.js';
import { kitText } from '../recovery-kit/kit-text.js';
import { unknownBackup } from '../unknown-backup.js';
import { verbHelp } from '../verb-help.js';

interface Options {
  readonly output?: string;
}

const Settings = DatabaseSettings.extend({
  ...VaultSettings.shape,
  ...S3Settings.shape,
  ...EncryptionSettings.shape,
  ...CompressionSettings.shape,
});

/** `recovery-kit [<id>]`: how to restore without this program. Reads the vault and the configuration alone. */
export const addRecoveryKit = (program: Command, context: CliContext): void => {
  program
    .command('recovery-kit')
    .summary('print how to restore without this program')
    .description(
      'Prints what one needs to get everything back with age, gunzip, psql, tar and jq alone: the places, the public keys, and each command, for this installation. It holds no secret: print it, and keep it with the secret key or the passphrase.',
    )
    .argument('[id]', 'backup that the commands are for; the newest one if not given')
    .option('--output <file>', 'write it to this file')
    .addHelpText(
      'after',
      verbHelp(['recovery-kit | lp', 'recovery-kit 2026-02-05_05-15-00 --output recovery-kit.md'], {
        done: true,
        failed: 'the backup or the file cannot be reached',
        usage: true,
        unknownBackup: true,
      }),
    )
    .action((id: string | undefined, options: Options) => recoveryKit(context, id, options));
};

const recoveryKit = async (
  context: CliContext,
  id: string | undefined,
  { output }: Options,
): Promise<void> => {
  const text = kitText(await kitFacts(context, id));
  if (output === undefined) return print(context, text);
  try {
    await writeFile(output, `${text}\n`);
  } catch (error) {
    throw new CliError(ExitCode.failed, `${output} cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
  say(context, `the recovery kit is in ${output}: print it, and keep it where it survives this machine`);
};

const kitFacts = async (context: CliContext, id: string | undefined): Promise<KitFacts> => {
  const settings = parseConfig(Settings, context.environment());
  return {
    madeAt: context.now(),
    directory: settings.NOCODB_BACKUP_DIR,
    bucket: s3ConnectionOf(settings),
    database: connectionOf(settings),
    manifest: await manifestFor(context, vaultReaderOf(settings), id),
    recipients: settings.NOCODB_BACKUP_ENCRYPTION_RECIPIENTS ?? [],
    compression: settings.NOCODB_BACKUP_COMPRESSION,
    passphrase: settings.NOCODB_BACKUP_ENCRYPTION_PASSPHRASE !== undefined,
  };
};

/** Of the backup that is asked for, else of the newest. A kit can be made before there is a backup, and while its place is away. */
const manifestFor = async (
  context: CliContext,
  vault: FirstOf,
  id: string | undefined,
): Promise<Manifest | undefined> => {
  if (id !== undefined) return ofBackup(vault, checkedId(id));
  try {
    const newest = (await vault.backups()).sealed.at(-1);
    return newest === undefined ? undefined : await manifestOf(vault, newest);
  } catch (error) {
    say(
      context,
      `no backup was looked at, so the commands are for backups as they are made now: ${told(error)}`,
    );
    return undefined;
  }
};

const ofBackup = async (vault: FirstOf, id: string): Promise<Manifest> => {
  try {
    const { sealed } = await vault.backups();
    if (sealed.includes(id)) return await manifestOf(vault, id);
  } catch (error) {
    throw new CliError(ExitCode.failed, `no recovery kit can be made for backup ${id}: ${told(error)}`, {
      cause: error,
    });
  }
  throw unknownBackup(id, 'no place where backups lie has it');
};

/** As it is stored: the commands name the files that lie there. */
const manifestOf = async (vault: FirstOf, id: string): Promise<Manifest> => {
  const content: unknown = JSON.parse(Buffer.from(await vault.readManifest(id)).toString('utf8'));
  const manifest = Manifest.safeParse(content);
  if (manifest.success) return manifest.data;
  throw new Error(
    `manifest.json of backup ${id} is none of this program: it is damaged, or the backup was made by the older tool`,
  );
};

const told = (error: unknown): string => (error as Error).message;
