import type { EventLog } from '@nocodb-backup/messaging';
import { parseConfig } from '@nocodb-backup/service';
import { S3Settings } from '@nocodb-backup/vault';
import type { CliContext } from '../context.js';
import { openVault } from '../read-vault.js';
import { unknownBackup } from '../unknown-backup.js';

/**
 * Throws a CliError with exit code 10 when neither the vault nor the log knows the backup. Leaves it to the restorer on a machine
 * without vault, and where there is a bucket: a fresh installation knows nothing of what lies there.
 */
export const checkRestorable = async (context: CliContext, log: EventLog, id: string): Promise<void> => {
  const { NOCODB_BACKUP_S3_BUCKET: bucket } = parseConfig(bucketName, context.environment());
  if (bucket !== undefined) return;
  const open = await openVault(context).catch(() => undefined);
  const lying = await open?.vault.backups().catch(() => undefined);
  if (!open || !lying || [...lying.sealed, ...lying.unsealed].includes(id)) return;
  if (await isLogged(log, id, context.signal)) return;
  throw unknownBackup(id, `it does not lie in ${open.directory}, and the event log does not know it`);
};

const bucketName = S3Settings.pick({ NOCODB_BACKUP_S3_BUCKET: true });

const isLogged = async (log: EventLog, id: string, signal: AbortSignal): Promise<boolean> => {
  for await (const _ of log.stored(`evt.backup.${id}.>`, { signal })) return true;
  return false;
};
