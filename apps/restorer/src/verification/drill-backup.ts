import { PermanentError, type VerificationRequested } from '@nocodb-backup/events';
import type { Delivery } from '@nocodb-backup/messaging';
import {
  DamagedDumpError,
  type DatabaseContents,
  type PostgresConnection,
  RejectedDumpError,
} from '@nocodb-backup/postgres';
import {
  DamagedBackupError,
  DamageError,
  openBackup,
  type StoredBackup,
  type Unlocking,
} from '@nocodb-backup/vault';
import { dumpArtifact } from '../dump/dump-sql.js';
import { encryptionWarnings } from '../dump/encryption-warnings.js';
import { type Expected, expectedOf } from '../dump/expected.js';
import { countedContents, loaded } from '../dump/load.js';
import { rowDifferences } from '../dump/row-differences.js';
import { serverWarnings } from '../dump/server-warnings.js';
import { RefusedError } from '../refused-error.js';
import { type Outcome, reasonOf } from './outcome.js';
import type { Place } from './places.js';
import { inScratch } from './scratch.js';

/** Where and how a drill takes place. */
export interface Drilling {
  readonly request: VerificationRequested['data'];
  /** Where the backup is read. */
  readonly place: Place;
  /** The server of the scratch database. */
  readonly server: PostgresConnection;
  readonly timeoutSeconds: number;
  /** NocoDB's, where it is configured here. */
  readonly encryptKey: string | undefined;
  /** What opens encrypted backups. */
  readonly unlocking?: Unlocking | undefined;
  readonly delivery: Pick<Delivery, 'signal' | 'progress'>;
}

/**
 * Restores the dump into a scratch database, with what `restore-dump` restores it, and compares the rows of every table with
 * what was dumped. Rejects with what says nothing of the backup: no server, no room, no permission.
 */
export const drillBackup = async (drilling: Drilling): Promise<Outcome> => {
  const { place, request } = drilling;
  try {
    const backup = await openBackup(place.reader, request.backupId, drilling.unlocking);
    if (backup.locked !== undefined && backup.lockedParts?.has('dump'))
      throw new PermanentError(backup.locked);
    return await drilled(drilling, backup);
  } catch (error) {
    const findings = findingsIn(error);
    if (!findings) throw error;
    return { ...nothing, destinations: [place.name], findings };
  }
};

const nothing = { files: 0, bytes: 0, tables: 0, rows: 0, warnings: [] };

const drilled = async (drilling: Drilling, backup: StoredBackup): Promise<Outcome> => {
  const { place, delivery, encryptKey, request } = drilling;
  const { signal } = delivery;
  const artifacts = dumpArtifacts(backup);
  await backup.verify(
    artifacts.map(({ path }) => path),
    { signal, progress: () => undefined },
  );
  const expected = await expectedOf(backup);
  const scratch = { ...drilling, ...request, signal, locales: expected ? [expected.server] : [] };
  const { result, warnings } = await inScratch(scratch, async (connection, serverMajor) => {
    const contents = await restoredContents(drilling, backup, { connection, serverMajor });
    return { contents, encryption: await encryptionWarnings(connection, encryptKey, { signal }) };
  });
  const { contents, encryption } = result;
  return {
    destinations: [place.name],
    files: artifacts.length,
    bytes: artifacts.reduce((sum, { bytes }) => sum + bytes, 0),
    tables: contents.tables.length,
    rows: contents.tables.reduce((sum, { rows }) => sum + rows, 0),
    findings: contentFindings(expected, contents),
    warnings: [
      ...(expected ? [] : [UNCOUNTED]),
      ...serverWarnings(backup.manifest.postgres, expected, contents.server),
      ...encryption,
      ...warnings,
    ],
  };
};

const UNCOUNTED =
  'the backup does not tell how many rows each table had: that the dump can be restored is all that is proven';

const dumpArtifacts = (backup: StoredBackup) => {
  try {
    dumpArtifact(backup);
  } catch (error) {
    throw error instanceof RefusedError ? new PermanentError(error.message, { cause: error }) : error;
  }
  return backup.manifest.artifacts.filter(({ part }) => part === 'dump');
};

interface Database {
  readonly connection: PostgresConnection;
  readonly serverMajor: number;
}

const restoredContents = async (
  { delivery: { signal, progress }, timeoutSeconds, request }: Drilling,
  backup: StoredBackup,
  { connection, serverMajor }: Database,
): Promise<DatabaseContents> => {
  const told: Delivery['progress'] = (figures) => {
    progress({ part: request.n, ...figures });
  };
  await loaded(connection, { timeoutSeconds }, { backup, progress: told, signal }, { serverMajor });
  return countedContents(connection, { timeoutSeconds }, signal);
};

const contentFindings = (expected: Expected | undefined, { tables }: DatabaseContents): string[] => {
  if (expected) return rowDifferences(expected.tables, tables).map((text) => `restored on trial, ${text}`);
  return tables.length > 0 ? [] : ['restored on trial, the dump made no table'];
};

/** What the error says of the backup; undefined for one that says nothing of it. */
const findingsIn = (error: unknown): string[] | undefined => {
  if (error instanceof DamagedBackupError)
    return error.damages.map(({ path, reason }) => `${path}: ${reason}`);
  if (error instanceof DamageError || error instanceof DamagedDumpError) return [reasonOf(error)];
  if (error instanceof RejectedDumpError && !ofTheServer.test(error.message)) return [error.message];
  return undefined;
};

/** What psql says when the server lacks something, whatever the dump. */
const ofTheServer =
  /no space left|out of memory|disk full|could not (extend|write)|out of shared memory|extension .* is not available|extension control file|permission denied|must be (superuser|owner|member)|terminating connection|canceling statement/i;
