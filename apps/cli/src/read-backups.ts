import { type Backup, type BackupFact, evolve } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';

/** What of the log is read. */
export interface Reading {
  readonly signal: AbortSignal;
  /** Only what had been recorded by then. */
  readonly at?: Date | undefined;
}

/** Whether the fact had been recorded by then. */
export const wasRecorded = ({ time }: { readonly time: Date }, at: Date | undefined): boolean =>
  at === undefined || time <= at;

/** Every backup of the log, folded from its facts. */
export const readBackups = async (log: EventLog, { signal, at }: Reading): Promise<Backup[]> => {
  const backups = new Map<string, Backup | undefined>();
  for await (const recorded of log.read('evt.backup.>', { signal })) {
    if (!wasRecorded(recorded, at)) continue;
    const fact = recorded as unknown as BackupFact;
    const id = fact.data.backupId;
    backups.set(id, evolve(backups.get(id), fact));
  }
  return [...backups.values()].filter((backup) => backup !== undefined);
};

/** What happened to one backup, oldest first; empty when the log does not know it. */
export const readFacts = async (log: EventLog, id: string, signal: AbortSignal): Promise<BackupFact[]> => {
  const facts: BackupFact[] = [];
  for await (const recorded of log.read(`evt.backup.${id}.>`, { signal }))
    facts.push(recorded as unknown as BackupFact);
  return facts;
};
