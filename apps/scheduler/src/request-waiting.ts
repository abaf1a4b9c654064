import { type BackupContent, backupRequest } from '@nocodb-backup/backup';
import type { BackupRequested } from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import type { Waiting } from './agenda.js';

const MOST_TRIES = 60;

interface Asking {
  readonly content: BackupContent;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Requests the backup that waits, unless another scheduler has; answers its id. Where the id of that second is taken, by a person
 * or by another NocoDB on the same log, or by a backup that an import found, it is that of the next second.
 */
export const requestWaiting = async (
  log: EventLog,
  { cause, instant, trigger, reason }: Waiting,
  { content, now, signal }: Asking,
): Promise<string> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const second = new Date(instant.getTime() + tries * 1000);
    const occasion = { instant: second, now, trigger, requestedBy: 'schedule', ...(reason && { reason }) };
    const event = backupRequest(content, occasion);
    const correlationId = event.data.backupId;
    if (await isFound(log, event, signal)) continue;
    const { mine, recorded } = await log.append(event, { ...cause, correlationId }, { signal });
    if (mine || recorded.causationId === cause.id) return correlationId;
  }
  throw new Error(`each of ${MOST_TRIES} seconds from ${instant.toISOString()} on has another backup`);
};

/** A backup of that id was made before this log began. One that was requested, too, is decided by who did so. */
const isFound = async (
  log: EventLog,
  { data, subject }: BackupRequested,
  signal: AbortSignal,
): Promise<boolean> => {
  if (await log.holds(subject)) return false;
  for await (const _ of log.read(`evt.backup.${data.backupId}.BackupImported.*`, { signal })) return true;
  return false;
};
