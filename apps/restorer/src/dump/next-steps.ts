import type { StoredBackup } from '@nocodb-backup/vault';
import { identifier, renameSql } from '@nocodb-backup/postgres';
import { asideName } from './aside-name.js';
import type { Place } from './place.js';

/** What a person does after a restored dump. `kept` is the database that was there before, if it is still there. */
export const nextSteps = (
  place: Place,
  { id, manifest }: StoredBackup,
  kept: string | undefined,
): string[] => [
  ...(manifest.parts.files.status === 'complete'
    ? [`Put the uploaded files back, too: nocodb-backup restore-files ${id}`]
    : []),
  ...(place.isUsual
    ? []
    : [`Let NC_DB of NocoDB name the database ${identifier(place.connection.database)}`]),
  `Start NocoDB (one that ran all the time: restart it) with the NC_CONNECTION_ENCRYPT_KEY that it had at the time of the backup, if it ` +
    'had one: with another every request for records fails',
  'Passwords and API tokens are as in the backup; with another NC_AUTH_JWT_SECRET than before, people sign in again. Where NC_ADMIN_EMAIL ' +
    'and NC_ADMIN_PASSWORD are set, NocoDB gives them to the super admin at its start',
  ...(kept === undefined ? [] : keptSteps(place, kept)),
];

const keptSteps = ({ connection: { database }, restoreId }: Place, kept: string): string[] => [
  `What was there before is kept as ${identifier(kept)} until the next restore; remove it earlier: DROP DATABASE ${identifier(kept)}`,
  'Back to what was there before, NocoDB stopped, as the same user in the database postgres: ' +
    renameSql(database, asideName(database, 'undone', restoreId)),
  `and then: ${renameSql(kept, database)}`,
];
