import { type BackupContent, backupRequest } from '@nocodb-backup/backup';
import type { Duty } from './duty.js';
import type { Schedule } from './schedule.js';

/** A backup of the content at every planned instant: an instant is one backup. */
export const backupDuty = (schedule: Schedule, content: BackupContent): Duty => ({
  what: 'backup',
  schedule,
  request: async (log, instant, signal) => {
    const occasion = { instant, now: new Date(), trigger: 'schedule', requestedBy: 'schedule' } as const;
    const event = backupRequest(content, occasion);
    const { mine } = await log.append(event, undefined, { signal });
    return `backup ${event.data.backupId} ${mine ? 'is requested' : 'had been requested before'}`;
  },
});
