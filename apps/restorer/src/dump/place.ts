import { nameOf, type PostgresConnection } from '@nocodb-backup/postgres';
import { RefusedError } from '../refused-error.js';
import type { Work } from '../restoration.js';
import type { Target } from '../target.js';
import { isTooLong } from './aside-name.js';

/** Where one restore of a dump takes place. */
export interface Place {
  /** To the database that is made or replaced. */
  readonly connection: PostgresConnection;
  /** It is the database of DATABASE_NAME. */
  readonly isUsual: boolean;
  readonly restoreId: string;
  readonly backupId: string;
  readonly force: boolean;
  readonly dropOld: boolean;
  readonly timeoutSeconds: number;
  /** NocoDB's, where it is configured here. */
  readonly encryptKey: string | undefined;
}

/** The place that the request names. Throws RefusedError for a name that no database can have. */
export const placeOf = (
  { database, config }: Pick<Target, 'database' | 'config'>,
  { restoreId, backupId, options: { into, force, dropOld } }: Work['request'],
): Place => {
  const connection = { ...database, database: into ?? database.database };
  if (isTooLong(connection.database))
    throw new RefusedError(`${nameOf(connection)}: PostgreSQL cuts names at 63 bytes. Choose a shorter one`);
  if (/^template[01]$/.test(connection.database) || connection.database.includes('\0'))
    throw new RefusedError(
      `${nameOf(connection)} belongs to PostgreSQL itself. Choose another one: --into <database>`,
    );
  return {
    connection,
    isUsual: connection.database === database.database,
    restoreId,
    backupId,
    force,
    dropOld,
    timeoutSeconds: config.NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT,
    encryptKey: config.NC_CONNECTION_ENCRYPT_KEY,
  };
};
