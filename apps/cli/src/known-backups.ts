import type { Backup } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { ConfigError } from '@nocodb-backup/service';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';
import { ExitCode } from './exit-code.js';
import { type KnownBackup, knownBackups } from './known-backup.js';
import { openLog } from './open-log.js';
import { say } from './print.js';
import { readBackups } from './read-backups.js';
import { openVault, readVault, type VaultReading } from './read-vault.js';

const patienceMs = 2000;

/** Every backup that the log or the vault knows, newest first. Says on stderr what could not be asked; throws when neither could. */
export const allKnownBackups = async (context: CliContext): Promise<KnownBackup[]> => {
  const logged = await unlessLogFails(context, (log) => readBackups(log, { signal: context.signal }));
  const vault = await vaultBeside(context, logged);
  if (logged === undefined && vault === undefined) throw nothingToRead(context);
  for (const remark of vault?.remarks ?? []) say(context, `warning: ${remark}`);
  return knownBackups(logged ?? [], vault, context.now());
};

/** Every backup that the log knew at an instant, newest first, as it was then; the vault cannot tell of then. */
export const backupsKnownAt = async (context: CliContext, at: Date): Promise<KnownBackup[]> => {
  await using open = await openLog(context);
  return knownBackups(await readBackups(open.log, { signal: context.signal, at }), undefined, at);
};

/** What `read` gives, or undefined, said on stderr, when the log cannot be reached or read: the vault is left. */
export const unlessLogFails = async <T>(
  context: CliContext,
  read: (log: EventLog) => Promise<T>,
): Promise<T | undefined> => {
  try {
    await using open = await openLog(context, patienceMs);
    return await read(open.log);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ConfigError) throw error;
    say(context, `warning: the event log cannot be read: ${(error as Error).message}`);
    say(context, 'What follows comes from the manifests in the backup directory alone.');
    return undefined;
  }
};

const vaultBeside = async (
  context: CliContext,
  logged: readonly Backup[] | undefined,
): Promise<VaultReading | undefined> => {
  const ids = new Set(logged?.map(({ id }) => id));
  try {
    const open = await openVault(context);
    return open && (await readVault(open, (id) => ids.has(id)));
  } catch (error) {
    if (logged === undefined || error instanceof ConfigError) throw error;
    say(context, `warning: ${(error as Error).message}; what follows comes from the event log alone`);
    return undefined;
  }
};

const nothingToRead = (context: CliContext): CliError =>
  new CliError(
    ExitCode.failed,
    `neither the event log nor a backup directory can be read: ${context.environment().NOCODB_BACKUP_DIR ?? '/data'} does not exist on this machine. ` +
      'Set NOCODB_BACKUP_DIR to where the backups lie',
  );
