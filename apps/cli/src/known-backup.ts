import { type Backup, type BackupSummary, loggedSummary, summaryOf } from '@nocodb-backup/backup';

/** One backup as `list` and `show` know it: from the log, or, when the log does not know it, from its manifest in the vault. */
export interface KnownBackup extends Omit<BackupSummary, 'deadline'> {
  /** Null when only the manifest tells of the backup. */
  readonly deadline: string | null;
  readonly knownFrom: 'log' | 'manifest';
  /** Where the log says that the backup lies, and where it was looked for and not found. */
  readonly missingFrom: readonly string[];
}

/** What lies in the directory of the vault; undefined when there is no such directory on this machine. */
export interface VaultContent {
  readonly sealed: ReadonlySet<string>;
  /** Of the backups that the log does not know. */
  readonly unlogged: readonly Backup[];
}

/** The backups of the log and of the vault, newest first. Where both speak, the log says what happened and the vault what is there. */
export const knownBackups = (
  backups: Iterable<Backup>,
  vault: VaultContent | undefined,
  now: Date,
): KnownBackup[] => {
  const logged = [...backups].map((backup) => loggedBackup(backup, vault, now));
  const ids = new Set(logged.map(({ id }) => id));
  const others = (vault?.unlogged ?? [])
    .filter(({ id }) => !ids.has(id))
    .map((backup) => unloggedBackup(backup, now));
  return [...logged, ...others].sort((a, b) => (a.id < b.id ? 1 : -1));
};

/** A backup of the log, and whether it still lies where the log says. */
export const loggedBackup = (backup: Backup, vault: VaultContent | undefined, now: Date): KnownBackup => {
  const summary = summaryOf(backup, now);
  const isGone =
    vault !== undefined && summary.destinations.includes('local') && !vault.sealed.has(summary.id);
  return loggedSummary(summary, isGone ? ['local'] : []);
};

/** A backup of which only the manifest is left. */
export const unloggedBackup = (backup: Backup, now: Date): KnownBackup => ({
  ...summaryOf(backup, now),
  deadline: null,
  knownFrom: 'manifest',
  missingFrom: [],
});
