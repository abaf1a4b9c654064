import {
  RestoreCompleted,
  RestoreFailed,
  RestoreRefused,
  type RestoreRequested,
} from '@nocodb-backup/events';
import type { EventLog, ReadOptions } from '@nocodb-backup/messaging';

const endings = [RestoreCompleted, RestoreFailed, RestoreRefused];

/** The id of a restore that reads the backup and has not ended; undefined when there is none. */
export const restoreUnderWay = async (
  log: EventLog,
  backupId: string,
  options: Pick<ReadOptions, 'upTo' | 'signal'>,
): Promise<string | undefined> => {
  for await (const { data } of log.read('evt.restore.*.RestoreRequested', options)) {
    const request = data as RestoreRequested['data'];
    if (request.backupId !== backupId || request.planOnly) continue;
    const ended = await Promise.all(endings.map((ending) => log.holds(ending.subjectFor(request))));
    if (!ended.includes(true)) return request.restoreId;
  }
  return undefined;
};
