import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Backup,
  type BackupFact,
  backupIdOf,
  dueForDrill,
  dueForVerification,
  evolve,
} from '@nocodb-backup/backup';
import {
  type Sample,
  type Schedule,
  type VerificationKind,
  VerificationRequested,
} from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import type { Duty } from './duty.js';

/** By so much the clocks of schedulers and log may differ, and all of them still see the same. */
const SETTLE_MS = 2000;
const MOST_TRIES = 60;

const picks = { verify: dueForVerification, drill: dueForDrill };
const nouns = { verify: 'verification', drill: 'drill' };

/**
 * A verification, or a drill, of one backup at every planned instant. All schedulers judge by the facts up to the instant, so
 * that they pick the same backup, and the instant is the request's key: there is one request.
 */
export const verificationDuty = (kind: VerificationKind, schedule: Schedule, sample: Sample): Duty => ({
  what: nouns[kind],
  schedule,
  request: async (log, instant, signal) => {
    await sleep(Math.max(0, instant.getTime() + SETTLE_MS - Date.now()), undefined, { signal });
    const backup = picks[kind](await backupsAsOf(log, instant, signal), instant);
    if (!backup)
      return `no ${nouns[kind]} is requested: there is no complete backup${kind === 'drill' ? ' with a dump' : ''}`;
    const wanted = {
      backupId: backup.id,
      kind,
      sample,
      requestedBy: 'schedule',
      trigger: 'schedule',
    } as const;
    const isMine = await requested(log, { wanted, instant, signal });
    return `the ${nouns[kind]} of backup ${backup.id} ${isMine ? 'is requested' : 'had been requested before'}`;
  },
});

const backupsAsOf = async (log: EventLog, instant: Date, signal: AbortSignal): Promise<Backup[]> => {
  const backups = new Map<string, Backup | undefined>();
  for await (const recorded of log.read('evt.backup.>', { signal })) {
    if (recorded.time > instant) continue;
    const fact = recorded as unknown as BackupFact;
    const id = fact.data.backupId;
    backups.set(id, evolve(backups.get(id), fact));
  }
  return [...backups.values()].filter((backup) => backup !== undefined);
};

interface Asking {
  readonly wanted: Omit<VerificationRequested['data'], 'n'>;
  readonly instant: Date;
  readonly signal: AbortSignal;
}

/** Whether this scheduler was the first. Where the other kind has taken the second for the same backup, the next one. */
const requested = async (log: EventLog, { wanted, instant, signal }: Asking): Promise<boolean> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const n = backupIdOf(new Date(instant.getTime() + tries * 1000));
    const { mine, recorded } = await log.append(VerificationRequested({ ...wanted, n }), undefined, {
      signal,
    });
    const { kind } = VerificationRequested.read(recorded.data, recorded.version);
    if (kind === wanted.kind) return mine;
  }
  throw new Error(`each of ${MOST_TRIES} seconds has another verification of backup ${wanted.backupId}`);
};
