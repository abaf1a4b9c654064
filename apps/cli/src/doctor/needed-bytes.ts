import { BackupSettings, DataSettings, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import type { AskDatabase } from './check-database.js';
import type { Need } from './check-vault.js';
import { folderSize } from './folder-size.js';

/** A generous guess of what one backup takes: the database and the data directory as they are, uncompressed. */
export const neededBytes =
  (context: CliContext, database: AskDatabase): Need =>
  async (signal) => {
    const settings = parseConfig(BackupSettings.extend(DataSettings.shape), context.environment());
    const facts = await database(signal);
    const files = settings.NOCODB_BACKUP_INCLUDE_FILES
      ? await folderSize(settings.NOCODB_DATA_PATH, signal)
      : { bytes: 0 };
    return (facts?.sizeBytes ?? 0) + files.bytes;
  };
