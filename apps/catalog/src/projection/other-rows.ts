import { type Restore, restoreVerdictOf, type Verification } from '@nocodb-backup/backup';
import type { AlertCleared, AlertRaised, NotificationFailed, NotificationSent } from '@nocodb-backup/events';
import type { AlertRow, NotificationRow, RestoreRow, VerificationRow } from '../model/rows.js';

/** The row of a restore, or of its plan. */
export const restoreRow = (restore: Restore): RestoreRow => {
  const { id, request, requestedAt, plan, steps, ending } = restore;
  const completed = ending?.type === 'RestoreCompleted' ? ending.data : undefined;
  return {
    id,
    backupId: request.backupId,
    kind: request.kind,
    verdict: restoreVerdictOf(restore),
    requestedBy: request.requestedBy,
    requestedAt: requestedAt.toISOString(),
    endedAt: ending?.time.toISOString() ?? null,
    stepsPlanned: plan?.steps.length ?? null,
    stepsDone: steps.size,
    counts: completed ? JSON.stringify(completed.counts) : null,
    leftOut: completed?.leftOutCount ?? null,
    reason: reasonOf(ending),
  };
};

const reasonOf = (ending: Restore['ending']): string | null => {
  if (ending?.type === 'RestoreFailed') return ending.data.failure.reason;
  return ending?.type === 'RestoreRefused' ? ending.data.reason : null;
};

/** The row of a verification or drill. `failed`: it could not be looked at, which says nothing of the backup. */
export const verificationRow = ({ request, requestedAt, ending }: Verification): VerificationRow => ({
  backupId: request.backupId,
  n: request.n,
  kind: request.kind,
  trigger: request.trigger,
  requestedBy: request.requestedBy,
  requestedAt: requestedAt.toISOString(),
  endedAt: ending?.time.toISOString() ?? null,
  ...outcomeOf(ending),
});

type CheckOutcome = Pick<
  VerificationRow,
  'verdict' | 'files' | 'bytes' | 'tables' | 'rows' | 'seconds' | 'findings' | 'reason'
>;
const nothing = {
  files: null,
  bytes: null,
  tables: null,
  rows: null,
  seconds: null,
  findings: '[]',
  reason: null,
};

const outcomeOf = (ending: Verification['ending']): CheckOutcome => {
  if (!ending) return { verdict: 'running', ...nothing };
  if (ending.type === 'Verified') {
    const { files, bytes, tables, rows, seconds } = ending.data;
    return { ...nothing, verdict: 'good', files, bytes, tables, rows, seconds };
  }
  const { findings, failure } = ending.data;
  const verdict = findings.length > 0 ? 'damaged' : 'failed';
  return { ...nothing, verdict, findings: JSON.stringify(findings), reason: failure?.reason ?? null };
};

/** An event with its place in the log. */
type Placed<Event> = Event & { readonly sequence: number; readonly time: Date };

/** The row of what people were told, or could not be told. */
export const notificationRow = (fact: Placed<NotificationSent | NotificationFailed>): NotificationRow => {
  const { sequence, time, data } = fact;
  const sent = fact.type === 'NotificationSent' ? fact.data : undefined;
  return {
    sequence,
    eventId: data.eventId,
    channel: data.channel,
    about: data.about,
    outcome: sent ? 'sent' : 'failed',
    level: sent?.level ?? null,
    title: sent?.title ?? null,
    time: time.toISOString(),
    reason: fact.type === 'NotificationFailed' ? fact.data.failure.reason : null,
  };
};

/** The row of an alert. */
export const alertRow = ({ data, time }: Placed<AlertRaised>, cleared?: Placed<AlertCleared>): AlertRow => ({
  id: data.alertId,
  kind: data.kind,
  source: data.source,
  level: data.level,
  title: data.title,
  since: new Date(data.since).toISOString(),
  raisedAt: time.toISOString(),
  clearedAt: cleared?.time.toISOString() ?? null,
});
