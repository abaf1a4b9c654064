import type { BackupSummary } from './summary.js';

/** A backup of the log as `list --json` and the HTTP API print it. */
export interface LoggedSummary extends BackupSummary {
  readonly knownFrom: 'log';
  /** Where the log says that the backup lies, and where it was looked for and not found. */
  readonly missingFrom: readonly string[];
}

/** Adds what tells a backup of the log from one of which only the manifest is left. */
export const loggedSummary = (
  summary: BackupSummary,
  missingFrom: readonly string[] = [],
): LoggedSummary => ({
  ...summary,
  knownFrom: 'log',
  missingFrom,
});
