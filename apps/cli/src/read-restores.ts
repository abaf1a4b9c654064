import { evolveRestore, type Restore, type RestoreFact } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { type Reading, wasRecorded } from './read-backups.js';

/** The restores that were made, or are being made, of one backup; plans are none. */
export const readRestoresOf = async (log: EventLog, backupId: string, reading: Reading): Promise<Restore[]> =>
  (await everyRestoreOf(log, backupId, reading)).filter(({ request }) => !request.planOnly);

/** The same, and what was only planned. */
export const everyRestoreOf = async (
  log: EventLog,
  backupId: string,
  { signal, at }: Reading,
): Promise<Restore[]> => {
  const restores = new Map<string, Restore | undefined>();
  for await (const recorded of log.read('evt.restore.>', { signal })) {
    if (!wasRecorded(recorded, at)) continue;
    const fact = recorded as unknown as RestoreFact;
    const id = fact.data.restoreId;
    restores.set(id, evolveRestore(restores.get(id), fact));
  }
  return [...restores.values()].flatMap((restore) =>
    restore?.request.backupId === backupId ? [restore] : [],
  );
};

/** What happened to one restore, oldest first; empty when the log does not know it. */
export const readRestoreFacts = async (
  log: EventLog,
  id: string,
  signal: AbortSignal,
): Promise<RestoreFact[]> => {
  const facts: RestoreFact[] = [];
  for await (const recorded of log.read(`evt.restore.${id}.>`, { signal }))
    facts.push(recorded as unknown as RestoreFact);
  return facts;
};
