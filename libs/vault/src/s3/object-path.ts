import { BackupId } from '@nocodb-backup/backup';
import { ArtifactPath, Attempt } from '@nocodb-backup/events';
import { checked } from '../checked.js';

export const STAGING = '.staging';

/** Where a backup lies below the prefix. Throws a PermanentError for what is no id. */
export const backupPath = (backupId: string): string => checked(BackupId, backupId, 'backup id');

/** Where the attempts of a backup write. */
export const stagingPath = (backupId: string): string => `${STAGING}/${backupPath(backupId)}`;

/** Where one attempt writes. */
export const attemptPath = (backupId: string, attemptId: string): string =>
  `${stagingPath(backupId)}/${checked(Attempt, attemptId, 'attempt id')}`;

/** A file of the folder. Throws a PermanentError for a path that leaves it. */
export const pathOf = (folder: string, path: string): string =>
  `${folder}/${checked(ArtifactPath, path, 'artifact path')}`;
