import { checkUnpackable } from '@nocodb-backup/compression';
import type { PlannedStep } from '@nocodb-backup/events';
import type { StoredBackup } from '@nocodb-backup/vault';
import { RefusedError } from '../refused-error.js';
import type { Plan, Work } from '../restoration.js';
import type { Target } from '../target.js';
import { ARCHIVE, archiveIn } from './archive.js';
import { isRunning } from './is-running.js';
import { type Look, lookAt } from './look.js';
import { unfinishedIn } from './unfinished.js';

/** What a restore of files would do. Throws a RefusedError for what would do harm. */
export const planFiles = async (target: Target, { backup, request, signal }: Work): Promise<Plan> => {
  checkPart(backup);
  await checkUnpackable(archiveIn(backup) ?? ARCHIVE);
  const look = await lookAt(target.directory, target.config.NOCODB_BACKUP_DIR);
  checkRoom(look, backup);
  const { force } = request.options;
  if (!force) checkNotEmpty(look, backup);
  const url = target.config.NOCODB_API_URL;
  const runs = await isRunning(url, signal);
  if (runs && !force) throw stillRunning(url);
  return {
    steps: [stepOf(look, { backup, request }, runs ? undefined : new URL(url).origin)],
    warnings: [...(runs ? [runningWarning(url)] : []), ...(await unfinishedWarnings(look.directory))],
  };
};

/** The refusal while NocoDB runs and writes into the tree that is replaced. */
export const stillRunning = (url: string): RefusedError =>
  new RefusedError(
    `NocoDB seems to run: something answers at ${new URL(url).origin}, or may be there (NOCODB_API_URL). It would go on writing into ` +
      'the old tree: stop it first (docker compose stop nocodb-server), or use --force',
  );

const checkPart = (backup: StoredBackup): void => {
  const { id, manifest } = backup;
  const { status } = manifest.parts.files;
  if (status === 'complete' && archiveIn(backup) !== undefined) return;
  throw new RefusedError(
    `backup ${id} holds no whole archive of the data directory (part files: ${status}): restore-files needs one, ` +
      'see which backups have it with `nocodb-backup list`',
  );
};

const checkRoom = ({ directory, freeBytes }: Look, { manifest }: StoredBackup): void => {
  const { tarBytes } = manifest.parts.files;
  if (tarBytes <= freeBytes) return;
  throw new RefusedError(
    `the disk of ${directory} has ${freeBytes} bytes free, and the new tree needs ${tarBytes} beside the old one: make room there ` +
      '(kept folders of earlier restores are named .nocodb-backup-before-*)',
  );
};

const checkNotEmpty = ({ directory, entries }: Look, { id, format, manifest }: StoredBackup): void => {
  if (format === 'legacy' || manifest.parts.files.files > 0 || entries.length === 0) return;
  throw new RefusedError(
    `the archive of backup ${id} holds no files (was NocoDB's volume mounted when it was made?), and ${directory} does: ` +
      'use another backup, or --force to replace them by nothing',
  );
};

const stepOf = (
  { directory, entries }: Look,
  { backup, request }: Pick<Work, 'backup' | 'request'>,
  stopped: string | undefined,
): PlannedStep => {
  const { files } = backup.manifest.parts.files;
  const many = backup.format === 'legacy' ? 'the files' : `${files.toLocaleString('en')} files`;
  const old = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  // A plan alone is not the restore that follows it: that gets an id of its own.
  const aside = `.nocodb-backup-before-${request.planOnly ? '<restore id>' : request.restoreId}`;
  const what = request.options.dropOld ? `remove the ${old} there` : `keep the ${old} there in ${aside}`;
  const silence =
    stopped === undefined ? '' : `; NocoDB does not answer at ${stopped} and is taken for stopped`;
  return {
    key: 'files',
    title: `data directory ${directory}`.slice(0, 300),
    action: `unpack ${many}, ${entries.length === 0 ? 'nothing is there yet' : what}${silence}`.slice(0, 300),
    target: null,
    existing: null,
  };
};

const runningWarning = (url: string): string =>
  `NocoDB may be running at ${new URL(url).origin}: restart it after the restore, what it writes meanwhile may be lost`;

const unfinishedWarnings = async (directory: string): Promise<string[]> =>
  (await unfinishedIn(directory)).map(
    (folder) =>
      `an earlier restore was given up in its swap: what it left in ${folder} is kept, remove it once you need it no more`,
  );
