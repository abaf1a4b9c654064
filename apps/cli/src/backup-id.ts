import { instantOf } from '@nocodb-backup/backup';
import { unknownBackup } from './unknown-backup.js';

/** The id, once it is one. Throws a CliError with exit code 10: what cannot be an id names no backup. */
export const checkedId = (id: string): string => {
  if (instantOf(id)) return id;
  throw unknownBackup(JSON.stringify(id), 'an id is an instant in UTC, such as 2026-02-05_05-15-00');
};
