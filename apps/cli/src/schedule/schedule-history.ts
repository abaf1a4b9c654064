import type { BackupRequested, RunDecided, Schedule, ScheduleSet } from '@nocodb-backup/events';
import { type Verdict, verdictOf } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';

/** What became of the schedule so far, as the log tells it. */
export interface ScheduleHistory {
  /** What the schedulers go by; undefined where none has run yet. */
  readonly set: Schedule | null | undefined;
  /** The last backup that came by itself. */
  readonly last: { readonly id: string; readonly verdict: Verdict; readonly requestedAt: string } | null;
  /** Runs of the last 30 days that were missed or left out, oldest first. */
  readonly setbacks: readonly RunDecided['data'][];
}

const DAYS_MS = 30 * 86_400_000;

/** Reads it; throws when the log cannot be read. */
export const scheduleHistory = async (
  log: EventLog,
  source: string,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<ScheduleHistory> => {
  const read = async (filter: string) =>
    (await Array.fromAsync(log.read(filter, { signal }))).map(({ data }) => data);
  const sets = (await read(`evt.schedule.${source}.ScheduleSet.*`)) as ScheduleSet['data'][];
  const decisions = (await read(`evt.schedule.${source}.RunDecided.*`)) as RunDecided['data'][];
  const requests = (await read('evt.backup.*.BackupRequested')) as BackupRequested['data'][];
  const id = requests.findLast((one) => one.source === source && one.trigger === 'schedule')?.backupId;
  const backup = id === undefined ? undefined : await readBackup(log, id, { signal });
  return {
    set: sets.at(-1)?.schedule,
    last: backup
      ? { id: backup.id, verdict: verdictOf(backup, now), requestedAt: backup.requestedAt.toISOString() }
      : null,
    setbacks: decisions.filter(
      ({ decision, missed, decidedAt }) =>
        (missed !== undefined || decision === 'skip') && now.getTime() - Date.parse(decidedAt) < DAYS_MS,
    ),
  };
};
