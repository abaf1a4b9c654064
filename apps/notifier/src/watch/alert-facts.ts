import type { Alerts } from '@nocodb-backup/backup';
import { AlertCleared, type AlertKind, AlertRaised } from '@nocodb-backup/events';
import type { Condition } from './condition.js';

/**
 * What is to be recorded: an alert for each condition that has none, and the end of each that has no condition any more. The id says
 * which occurrence it is, so that any number of replicas raise it once. `judged`: the kinds about which something is known now.
 */
export const alertFacts = (
  { open, over }: Alerts,
  conditions: readonly Condition[],
  judged: ReadonlySet<AlertKind>,
): (AlertRaised | AlertCleared)[] => {
  const wanted = new Map(conditions.map((condition) => [idOf(condition, over), condition]));
  const raised = [...wanted]
    .filter(([id]) => !open.has(id))
    .map(([id, condition]) => raisedOf(id, condition));
  const cleared = [...open.values()]
    .filter(({ data }) => judged.has(data.kind) && !wanted.has(data.alertId))
    .map(({ data: { alertId, kind, source, title, since } }) =>
      AlertCleared({ alertId, kind, source, title, since }),
    );
  return [...raised, ...cleared];
};

/** An id is a token of a subject, of 128 letters at most. */
const idOf = ({ kind, source, backupId }: Condition, over: Alerts['over']): string =>
  backupId === undefined
    ? `${kind}-${source.slice(0, 90)}-${(over.get(`${kind} ${source}`) ?? 0) + 1}`
    : `${kind}-${backupId.slice(0, 100)}`;

const raisedOf = (alertId: string, condition: Condition): AlertRaised => {
  const { kind, source, level, title, lines, next, since } = condition;
  return AlertRaised({
    alertId,
    kind,
    source,
    level,
    title: title.slice(0, 300),
    lines: lines.slice(0, 20).map((line) => line.slice(0, 500)),
    next: next.slice(0, 20).map((step) => step.slice(0, 500)),
    since: since.toISOString(),
  });
};
