import { checkUnpackable } from '@nocodb-backup/compression';
import type { PlannedStep } from '@nocodb-backup/events';
import { nameOf, withMaintenance } from '@nocodb-backup/postgres';
import type { StoredBackup } from '@nocodb-backup/vault';
import type { Plan, Work } from '../restoration.js';
import { asideName } from './aside-name.js';
import { listOf } from './clients.js';
import { dumpArtifact } from './dump-sql.js';
import { type Expected, expectedOf } from './expected.js';
import type { Place } from './place.js';
import { serverWarnings, versionWarnings } from './server-warnings.js';
import { type Survey, surveyed } from './survey.js';

/** What the restore of a dump will do there, in one step; its key is the way. */
export const plannedDump = async (place: Place, { backup, request, signal }: Work): Promise<Plan> => {
  await checkUnpackable(dumpArtifact(backup).path);
  const expected = await expectedOf(backup);
  const survey = await withMaintenance(place.connection, { signal }, (session) =>
    surveyed(session, place, signal),
  );
  const step: PlannedStep = {
    key: survey.way,
    title: nameOf(place.connection).slice(0, 300),
    action: actionOf(place, survey, request.planOnly),
    target: survey.database?.name ?? null,
    existing: null,
  };
  return {
    steps: [step],
    warnings: [
      ...comparison(backup, expected, survey),
      ...targetWarnings(place, survey),
      ...(expected ? [sizeWarning(expected)] : [UNCOUNTED]),
    ].map((warning) => warning.slice(0, 1000)),
  };
};

const comparison = (
  { manifest: { postgres } }: StoredBackup,
  expected: Expected | undefined,
  { way, database, facts }: Survey,
): string[] => {
  if (postgres && way === 'new' && !database) return versionWarnings(postgres.serverVersion, facts);
  return serverWarnings(postgres, expected, facts);
};

const UNCOUNTED =
  'the backup does not tell how many rows each table had: the restored ones cannot be compared';

const actionOf = (place: Place, { way, database, relations }: Survey, planOnly: boolean): string => {
  const { connection, dropOld, restoreId } = place;
  if (way === 'in-place')
    return relations === 0
      ? 'restore into the empty database, in one transaction'
      : 'remove everything in it and restore the backup into it, in one transaction; NOTHING is kept aside';
  const made = 'restore into a new database, check it, and give it this name';
  if (!database) return `${made}; there is none of this name yet`;
  if (relations === 0) return `${made}; the empty one of this name is removed`;
  if (dropOld) return `${made}; the one of this name is REMOVED afterwards`;
  const kept = asideName(connection.database, 'before', restoreId);
  // A plan alone is not the restore that follows it: that gets an id of its own.
  const name = planOnly ? kept.replace(restoreId, '<restore id>') : kept;
  return `${made}; the one of this name is kept as "${name}" until the next restore`;
};

const targetWarnings = ({ connection }: Place, { way, database, clients, role }: Survey): string[] => [
  ...(clients.length > 0
    ? [
        `${listOf(clients)} will be disconnected from ${nameOf(connection)}: what they write until then is lost`,
      ]
    : []),
  ...(way === 'new' && database?.hasOwnSettings
    ? [
        `${nameOf(connection)} has grants or settings of its own (GRANT ... ON DATABASE, ALTER DATABASE ... SET), which no dump holds: ` +
          'set them again afterwards',
      ]
    : []),
  ...(way === 'new' && !database && role.isSuperuser
    ? [
        `the new database and all in it will belong to the superuser "${role.name}": NocoDB must connect as this user, too`,
      ]
    : []),
];

const sizeWarning = ({ server: { sizeBytes } }: Expected): string =>
  `the database took ${Math.ceil(sizeBytes / 1_000_000).toLocaleString('en')} MB on its server: as much must be free there`;
