import type { Part } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import { failuresOf, type PartStatus, statusOfPart } from './part-status.js';
import { storedBytes } from './stored-bytes.js';
import { warningsOf } from './warnings-of.js';
import { type Verdict, verdictOf } from './verdict.js';

/** One backup as `list --json` and `show --json` print it. Times are ISO 8601 in UTC, sizes in bytes. */
export interface BackupSummary {
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
  readonly destinations: readonly string[];
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

/** Sums up a backup as of `now`. */
export const summaryOf = (backup: Backup, now: Date): BackupSummary => {
  const { id, request, requestedAt, ending } = backup;
  const sealed = ending?.state === 'sealed' ? ending.data : undefined;
  const parts = request.parts.map((part) => [
    part,
    { status: statusOfPart(backup, part), bytes: storedBytes(backup, part) },
  ]);
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
    bytes: sealed?.bytes ?? storedBytes(backup),
    parts: Object.fromEntries(parts) as BackupSummary['parts'],
    tables: tablesOf(backup),
    destinations: sealed?.destinations ?? [],
    failures: [...failuresOf(backup), ...sealingFailure(backup)],
    warnings: warningsOf(backup),
  };
};

const sealingFailure = ({ ending }: Backup): string[] =>
  ending?.state === 'not sealed' ? [`not sealed: ${ending.data.failure.reason}`] : [];

const tablesOf = ({ plan, tables }: Backup): BackupSummary['tables'] => {
  const states = [...tables.values()].map(({ state }) => state);
  return {
    planned: plan?.tables.length ?? 0,
    exported: states.filter((state) => state === 'succeeded').length,
    failed: states.filter((state) => state === 'failed').length,
  };
};
