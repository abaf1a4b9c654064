import type { FoundBackup } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { type BackupList, openBackup } from '@nocodb-backup/vault';
import type { ImportPlace } from './import-places.js';
import { listedReader } from './listed-reader.js';

/** A place with what lies there. */
export interface SearchedPlace extends ImportPlace {
  readonly list: BackupList;
  /** The same by id. */
  readonly states: ReadonlyMap<string, keyof BackupList>;
}

/** What lies there as the backup, or why it cannot be used. What may pass by itself is thrown. */
export const foundBackup = async (
  { reader, list }: SearchedPlace,
  backupId: string,
): Promise<FoundBackup | string> => {
  const listed = listedReader(reader, list);
  try {
    const { manifest, format } = await openBackup(listed, backupId);
    return { manifest, format, artifact: listed.manifest() };
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    throw error;
  }
};
