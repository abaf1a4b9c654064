import type { Part } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import type { Checks } from './checks.js';
import { isExpired } from './keeping.js';
import { failuresOf, type PartStatus, statusOfPart } from './part-status.js';
import { storedBytes } from './stored-bytes.js';
import { isInBucket } from './upload-parts.js';
import { warningsOf } from './warnings-of.js';
import { openVerdict, placesOfBackup, type Verdict, verdictOf } from './verdict.js';

/** What is known of a backup's wholeness. */
export interface CheckSummary {
  /** When every byte of it was last found as it was stored. */
  readonly verifiedAt: string | null;
  /** When its dump was last restored on trial. */
  readonly provenAt: string | null;
  /** What was found, and not found mended since. */
  readonly damage: { readonly at: string; readonly findings: readonly string[] } | null;
}

/** One backup as `list --json` and `show --json` print it. Times are ISO 8601 in UTC, sizes in bytes. */
export interface BackupSummary extends CheckSummary {
  readonly id: string;
  readonly verdict: Verdict;
  readonly source: string;
  readonly trigger: string;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly requestedAt: string;
  readonly deadline: string;
  readonly endedAt: string | null;
  /** Stored bytes: what is in the vault, or staged for it. */
  readonly bytes: number;
  readonly parts: Readonly<Partial<Record<Part, { readonly status: PartStatus; readonly bytes: number }>>>;
  readonly tables: { readonly planned: number; readonly exported: number; readonly failed: number };
  /** Where it lies now. */
  readonly destinations: readonly string[];
  /** Who wants it kept, whatever the rules of retention say. */
  readonly pinned: { readonly by: string; readonly reason: string | null; readonly at: string } | null;
  /** Where retention has given it up, and it is to be deleted. */
  readonly expiredIn: readonly string[];
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

/** What a backup consists of. It changes no more once the backup has ended. */
export type ContentSummary = Pick<BackupSummary, 'bytes' | 'parts' | 'tables' | 'failures' | 'warnings'>;

/** Sums up what a backup consists of. */
export const contentSummaryOf = (backup: Backup): ContentSummary => {
  const { request, ending } = backup;
  const sealed = ending?.state === 'sealed' ? ending.data : undefined;
  const parts = request.parts.map((part) => [
    part,
    { status: statusOfPart(backup, part), bytes: storedBytes(backup, part) },
  ]);
  return {
    bytes: sealed?.bytes ?? storedBytes(backup),
    parts: Object.fromEntries(parts) as BackupSummary['parts'],
    tables: tablesOf(backup),
    failures: [...failuresOf(backup), ...sealingFailure(backup)],
    warnings: warningsOf(backup),
  };
};

/** Sums up a backup as of `now`; the content of one that has ended may have been summed up before. */
export const summaryOf = (
  backup: Backup,
  now: Date,
  content: ContentSummary = contentSummaryOf(backup),
): BackupSummary => {
  const { id, request, requestedAt, ending } = backup;
  return {
    id,
    verdict: verdictOf(backup, now),
    source: request.source,
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    reason: request.reason ?? null,
    requestedAt: requestedAt.toISOString(),
    deadline: request.deadline,
    endedAt: ending?.at.time.toISOString() ?? null,
    bytes: content.bytes,
    parts: content.parts,
    tables: content.tables,
    destinations: placesOfBackup(backup),
    ...keptSummary(backup),
    failures: content.failures,
    warnings: content.warnings,
    ...checkSummary(backup.checks),
  };
};

/** A summary that was made earlier, as of `now`: what was running then may be overdue since. */
export const summaryAt = (summary: BackupSummary, now: Date): BackupSummary => {
  const isOpen = summary.verdict === 'running' || summary.verdict === 'overdue';
  return isOpen ? { ...summary, verdict: openVerdict(summary.deadline, now) } : summary;
};

/** It lies somewhere, every part of it that was wanted is whole, and no check has found damage. */
export const isGood = ({ destinations, parts, damage }: BackupSummary): boolean =>
  destinations.length > 0 &&
  damage === null &&
  Object.values(parts).every(({ status }) => status === 'complete');

/** Sums up what verifications and drills have said; damage that both have found counts from the first on. */
export const checkSummary = ({ verified, proven, damage }: Checks): CheckSummary => {
  const damages = [damage.verify, damage.drill].filter((one) => one !== undefined);
  const [first] = damages.toSorted((a, b) => a.sequence - b.sequence);
  return {
    verifiedAt: verified?.time.toISOString() ?? null,
    provenAt: proven?.time.toISOString() ?? null,
    damage: first
      ? { at: first.time.toISOString(), findings: damages.flatMap(({ data }) => data.findings) }
      : null,
  };
};

/** Of a backup of which the log says nothing. */
export const noCheckSummary: CheckSummary = { verifiedAt: null, provenAt: null, damage: null };

const keptSummary = (backup: Backup): Pick<BackupSummary, 'pinned' | 'expiredIn'> => {
  const { pinned } = backup.keeping;
  return {
    pinned: pinned ? { by: pinned.by, reason: pinned.reason ?? null, at: pinned.time.toISOString() } : null,
    expiredIn: placesOfBackup(backup).filter((place) => isExpired([place], backup.keeping)),
  };
};

const sealingFailure = (backup: Backup): string[] => {
  const { ending } = backup;
  if (ending?.state !== 'not sealed') return [];
  return [`not sealed${isInBucket(backup) ? ' but in s3' : ''}: ${ending.data.failure.reason}`];
};

const tablesOf = ({ plan, tables, imported }: Backup): BackupSummary['tables'] => {
  if (imported) {
    const { planned, exported, failed } = imported.export;
    return { planned, exported, failed };
  }
  const states = [...tables.values()].map(({ state }) => state);
  return {
    planned: plan?.tables.length ?? 0,
    exported: states.filter((state) => state === 'succeeded').length,
    failed: states.filter((state) => state === 'failed').length,
  };
};
