import type { Backup } from '@nocodb-backup/backup';
import { ExportPlanned } from '@nocodb-backup/events';
import type { EventLog, StoredEvent } from '@nocodb-backup/messaging';

type Plan = Backup['plan'];

/** Plans may be large, and backups that are exported at the same time are few. */
const mostKept = 4;

/** Finds the plan that names the table of an event; asks the log once for each backup, and not at all for other events. */
export const planFinder = (log: EventLog): ((stored: StoredEvent) => Promise<Plan>) => {
  const kept = new Map<string, Promise<Plan>>();
  return async ({ event, subject }) => {
    if (event?.type !== 'TableExported' && event?.type !== 'TableExportFailed') return undefined;
    const [, , backupId = ''] = subject.split('.');
    const plan = kept.get(backupId) ?? planOf(log, backupId);
    kept.set(backupId, plan);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return plan;
  };
};

/** Without a plan that can be read tables go by their ids: what is recorded is shown all the same. */
const planOf = async (log: EventLog, backupId: string): Promise<Plan> => {
  const recorded = await log.last(ExportPlanned.subjectFor({ backupId })).catch(() => undefined);
  return ExportPlanned.schema.safeParse(recorded?.data).data;
};
