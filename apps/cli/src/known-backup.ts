import {
  type Backup,
  type BackupSummary,
  loggedSummary,
  type Manifest,
  manifestBytes,
  noCheckSummary,
  summaryOf,
} from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';

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
  readonly manifests: readonly Manifest[];
}

/** The backups of the log and of the vault, newest first. Where both speak, the log says what happened and the vault what is there. */
export const knownBackups = (
  backups: Iterable<Backup>,
  vault: VaultContent | undefined,
  now: Date,
): KnownBackup[] => {
  const logged = [...backups].map((backup) => loggedBackup(backup, vault, now));
  const ids = new Set(logged.map(({ id }) => id));
  const others = (vault?.manifests ?? []).filter(({ id }) => !ids.has(id)).map(backupOfManifest);
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
export const backupOfManifest = (manifest: Manifest): KnownBackup => ({
  id: manifest.id,
  verdict: manifest.status,
  source: manifest.source,
  trigger: manifest.trigger,
  requestedBy: manifest.requestedBy,
  reason: manifest.reason,
  requestedAt: manifest.requestedAt,
  deadline: null,
  endedAt: manifest.settledAt,
  bytes: manifestBytes(manifest),
  parts: partsOf(manifest),
  tables: tablesOf(manifest),
  destinations: ['local'],
  pinned: null,
  expiredIn: [],
  failures: manifest.failures,
  warnings: manifest.warnings,
  ...noCheckSummary,
  knownFrom: 'manifest',
  missingFrom: [],
});

const partsOf = (manifest: Manifest): KnownBackup['parts'] =>
  Object.fromEntries(
    Object.entries(manifest.parts)
      .filter(([, { status }]) => status !== 'not requested')
      .map(([part, { status }]) => [part, { status, bytes: manifestBytes(manifest, part as Part) }]),
  );

const tablesOf = ({ parts }: Manifest): KnownBackup['tables'] => {
  const tables = parts.export.bases.flatMap((base) => base.tables);
  return {
    planned: tables.length,
    exported: tables.filter(({ status }) => status === 'complete' || status === 'partial').length,
    failed: tables.filter(({ status }) => status === 'failed').length,
  };
};
