import type { RunDecided, Schedule } from '@nocodb-backup/events';
import { countText, timeText } from './figures.js';

/** When backups come, as a clause: `at "15 5 * * *" (Europe/Vienna)`. */
export const scheduleText = (schedule: Schedule): string =>
  schedule.mode === 'cron'
    ? `at "${schedule.expression}" (${schedule.timeZone})`
    : `every ${countText(schedule.hours, 'hour')}`;

/** What was decided on a planned run, and what had been missed. */
export const runText = ({ run, decision, behind, missed }: RunDecided['data']): string =>
  [`run ${run} ${decisionText(decision, behind)}`, ...(missed ? [missedText(missed)] : [])].join('; ');

/** `3 runs were missed since 2026-02-05 05:15:00`, in UTC. */
export const missedText = ({ runs, since }: NonNullable<RunDecided['data']['missed']>): string =>
  `${runs === 1000 ? 'at least ' : ''}${countText(runs, 'run')} ${runs === 1 ? 'was' : 'were'} missed since ${timeText(new Date(since))}`;

const decisionText = (decision: RunDecided['data']['decision'], behind: string | undefined): string => {
  if (decision === 'start') return 'starts';
  return decision === 'queue'
    ? `waits for backup ${behind ?? 'that is running'}`
    : `left out: backup ${behind ?? 'of another run'} is not finished`;
};
