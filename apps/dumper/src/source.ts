import { connectionOf } from '@nocodb-backup/postgres';
import type { DumperConfig } from './config.js';
import type { DumpSource } from './store-dump.js';
import type { FilesSource } from './store-files.js';

/** The database and the data directory of one NocoDB. */
export class Source {
  readonly database: DumpSource;
  readonly files: FilesSource;

  constructor(config: DumperConfig) {
    this.database = {
      connection: connectionOf(config),
      timeoutSeconds: config.NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT,
      compression: config.NOCODB_BACKUP_COMPRESSION,
    };
    const isLocal = config.NOCODB_BACKUP_STAGING === 'local';
    this.files = {
      directory: config.NOCODB_DATA_PATH,
      compression: config.NOCODB_BACKUP_COMPRESSION,
      vaultDirectory: isLocal ? config.NOCODB_BACKUP_DIR : undefined,
    };
  }
}
