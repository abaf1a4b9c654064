import { foldBackup, statusOfPart } from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';
import { readFacts } from '../read-backups.js';
import { backupsIn, openVault, readManifest } from '../read-vault.js';
import type { Desk } from './desk.js';

/** How each part of the backup ended, by its manifest or the log; undefined where this machine knows neither. */
export const storedParts = async (
  { context, open: { log } }: Desk,
  id: string,
): Promise<Readonly<Record<Part, string>> | undefined> => {
  const open = await openVault(context).catch(() => undefined);
  const lying = open && (await backupsIn(open.vault).catch(() => undefined));
  if (open && lying?.sealed.includes(id)) {
    const { dump, files, export: exported } = (await readManifest(open.vault, id)).parts;
    return { dump: dump.status, files: files.status, export: exported.status };
  }
  const backup = foldBackup(await readFacts(log, id, context.signal));
  if (!backup) return undefined;
  return {
    dump: statusOfPart(backup, 'dump'),
    files: statusOfPart(backup, 'files'),
    export: statusOfPart(backup, 'export'),
  };
};
