import { access, constants } from 'node:fs/promises';
import { BackupSettings, DataSettings, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { countText, sizeText } from '../views/figures.js';
import { type Check, fail, type Finding, ok } from './check.js';
import { folderSize, type FolderSize } from './folder-size.js';

/** NocoDB's data directory is there and can be read, all of it. */
export const dataCheck = (context: CliContext): Check => ({
  name: 'data directory',
  find: async (signal) => {
    const settings = parseConfig(BackupSettings.extend(DataSettings.shape), context.environment());
    if (!settings.NOCODB_BACKUP_INCLUDE_FILES) return ok('not wanted (NOCODB_BACKUP_INCLUDE_FILES)');
    const { NOCODB_DATA_PATH: path } = settings;
    try {
      await access(path, constants.R_OK | constants.X_OK);
      return ok(`${path}: ${sizeSeen(await folderSize(path, signal))}`);
    } catch (error) {
      signal.throwIfAborted();
      return unreadable(path, error as NodeJS.ErrnoException);
    }
  },
});

const sizeSeen = ({ files, bytes, isCut }: FolderSize): string =>
  `${isCut ? 'more than ' : ''}${countText(files, 'file')}, ${sizeText(bytes)}`;

const unreadable = (path: string, { code, message }: NodeJS.ErrnoException): Finding =>
  code === 'ENOENT'
    ? fail(
        `${path} does not exist`,
        "Set NOCODB_DATA_PATH to NocoDB's data directory as this program sees it (in Docker: mount its volume here, read-only), or NOCODB_BACKUP_INCLUDE_FILES=false if attachments lie on S3",
      )
    : fail(
        `${path} cannot be read: ${message}`,
        `Let the user that this program runs as (uid ${String(process.getuid?.())}) read all of it`,
      );
