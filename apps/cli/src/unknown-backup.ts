import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

/** The error for a backup that is not there, with what was looked for. */
export const unknownBackup = (id: string, why: string): CliError =>
  new CliError(ExitCode.unknownBackup, `there is no backup ${id}: ${why}. All backups: nocodb-backup list`);
