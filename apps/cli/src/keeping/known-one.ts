import { type Backup, foldBackup } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { checkedId } from '../backup-id.js';
import type { CliContext } from '../context.js';
import { type KnownBackup, loggedBackup, unloggedBackup } from '../known-backup.js';
import { readFacts } from '../read-backups.js';
import { backupsIn, openVault, readUnlogged } from '../read-vault.js';

/** One backup, and what the log says of it where it knows it. */
export interface KnownOne {
  readonly known: KnownBackup;
  readonly logged: Backup | undefined;
}

/** The backup of the log, or else of the vault on this machine; undefined when neither knows it. Throws a CliError for what is no id. */
export const knownOne = async (
  context: CliContext,
  log: EventLog,
  id: string,
): Promise<KnownOne | undefined> => {
  const logged = foldBackup(await readFacts(log, checkedId(id), context.signal));
  if (logged) return { known: loggedBackup(logged, undefined, context.now()), logged };
  const open = await openVault(context);
  const { sealed = [] } = open ? await backupsIn(open.vault) : {};
  if (!open || !sealed.includes(id)) return undefined;
  return { known: unloggedBackup(await readUnlogged(open.vault, id), context.now()), logged };
};
