import type { Verification } from '@nocodb-backup/backup';
import type { Failure, Sample, VerificationKind } from '@nocodb-backup/events';

/** What came of a verification or drill; what `verify` and `drill` print with `--json`. */
export interface VerificationOutcome {
  readonly backupId: string;
  readonly n: string;
  readonly kind: VerificationKind;
  readonly sample: Sample;
  /** `failed`: it could not be looked at, and nothing is known. */
  readonly verdict: 'ok' | 'damaged' | 'failed';
  readonly requestedAt: string;
  readonly endedAt: string;
  readonly destinations: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly tables: number;
  readonly rows: number;
  /** What is wrong with the backup. */
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  /** Why it could not be looked at, or not everywhere. */
  readonly failure: Failure | null;
}

/** The outcome of a verification; undefined while it goes on. */
export const outcomeOf = ({
  request,
  requestedAt,
  ending,
}: Verification): VerificationOutcome | undefined => {
  if (!ending) return undefined;
  const { backupId, n, kind, sample } = request;
  const times = { requestedAt: requestedAt.toISOString(), endedAt: ending.time.toISOString() };
  const common = { ...nothing, backupId, n, kind, sample, ...times };
  if (ending.type === 'VerificationFailed') {
    const { findings, failure = null } = ending.data;
    return { ...common, verdict: findings.length > 0 ? 'damaged' : 'failed', findings, failure };
  }
  const { destinations, files, bytes, tables, rows, warnings } = ending.data;
  return { ...common, verdict: 'ok', destinations, files, bytes, tables, rows, warnings };
};

const nothing = {
  destinations: [],
  files: 0,
  bytes: 0,
  tables: 0,
  rows: 0,
  findings: [],
  warnings: [],
  failure: null,
};
