import { instantOf } from '@nocodb-backup/backup';
import type {
  BackupRequested,
  RunDecided,
  Schedule,
  ScheduleSet,
  Trigger,
  UploadFailed,
  Uploaded,
  VersionSeen,
} from '@nocodb-backup/events';
import type { Recorded } from '@nocodb-backup/messaging';

/** A backup that is to be requested: its run was decided, or another version was seen. */
export interface Waiting {
  /** The fact that asks for it; the request names it as its cause. */
  readonly cause: Pick<Recorded, 'id' | 'traceparent'>;
  readonly instant: Date;
  readonly trigger: Trigger;
  readonly reason?: string;
  /** At once, or as soon as no other backup is running. */
  readonly when: 'now' | 'alone';
}

/** What the log says of one source's schedule. Its instants are the schedulers', not the log's. */
export interface Agenda {
  readonly set: { readonly n: number; readonly schedule: Schedule | null; readonly from: Date } | undefined;
  /** The latest planned instants that were decided, in their order. */
  readonly decided: readonly Date[];
  /** In the order of the log. */
  readonly waiting: readonly Waiting[];
  /** The deadlines of the backups that have not ended, by their ids. */
  readonly running: ReadonlyMap<string, Date>;
}

export type AgendaFact = (
  ScheduleSet | RunDecided | VersionSeen | BackupRequested | Uploaded | UploadFailed
) &
  Pick<Recorded, 'id' | 'sequence' | 'causationId' | 'traceparent'>;

/** Of a log that says nothing. */
export const emptyAgenda: Agenda = { set: undefined, decided: [], waiting: [], running: new Map() };

/** As many as a clock that had run ahead can have brought into the future. */
const MOST_DECIDED = 200;

/** Adds one fact; facts come in the order of the log, each of them once, and those of other sources' schedules do not come. */
export const evolveAgenda = (agenda: Agenda, fact: AgendaFact): Agenda => {
  switch (fact.type) {
    case 'ScheduleSet':
      return withSchedule(agenda, fact.data);
    case 'RunDecided':
      return withRun(agenda, fact);
    case 'VersionSeen':
      return fact.data.previous === null ? agenda : withWaiting(agenda, upgradeOf(fact));
    case 'BackupRequested':
      return withRequest(agenda, fact);
    case 'Uploaded':
    case 'UploadFailed':
      return { ...agenda, running: without(agenda.running, fact.data.backupId) };
  }
};

/** The backup that is running; one whose deadline has passed holds up nobody. */
export const runningBackup = ({ running }: Agenda, now: Date): string | undefined =>
  [...running].find(([, deadline]) => now <= deadline)?.[0];

/** Where nothing comes by itself any more, nothing waits. */
const withSchedule = (agenda: Agenda, { n, schedule, from }: ScheduleSet['data']): Agenda => ({
  ...agenda,
  set: { n: Number(n), schedule, from: new Date(from) },
  waiting: schedule === null ? [] : agenda.waiting,
});

/** A run that starts serves whatever waited before it. */
const withRun = (agenda: Agenda, fact: AgendaFact & RunDecided): Agenda => {
  const { run, decision } = fact.data;
  const instant = instantOf(run);
  if (!instant) return agenda;
  const known = withDecided(agenda, instant);
  const waiting = { cause: fact, instant, trigger: 'schedule' } as const;
  if (decision === 'start') return { ...known, waiting: [{ ...waiting, when: 'now' }] };
  return decision === 'queue' ? withWaiting(known, { ...waiting, when: 'alone' }) : known;
};

const upgradeOf = (fact: AgendaFact & VersionSeen): Waiting => {
  const { version, previous, seenAt } = fact.data;
  const reason = `NocoDB has version ${version} instead of ${previous ?? 'none'}: taken after the change`;
  return { cause: fact, instant: new Date(seenAt), trigger: 'upgrade', reason, when: 'alone' };
};

/** Requests of versions that recorded no decisions were decisions themselves. */
const withRequest = (agenda: Agenda, { data, causationId }: AgendaFact & BackupRequested): Agenda => {
  const waiting = agenda.waiting.filter(({ cause }) => cause.id !== causationId);
  const running = new Map(agenda.running).set(data.backupId, new Date(data.deadline));
  const isDecision = data.trigger === 'schedule' && causationId === undefined;
  const instant = isDecision ? instantOf(data.backupId) : undefined;
  return { ...(instant ? withDecided(agenda, instant) : agenda), waiting, running };
};

const withWaiting = (agenda: Agenda, waiting: Waiting): Agenda => ({
  ...agenda,
  waiting: [...agenda.waiting, waiting],
});

const withDecided = (agenda: Agenda, instant: Date): Agenda => ({
  ...agenda,
  decided: [...agenda.decided, instant].sort((a, b) => a.getTime() - b.getTime()).slice(-MOST_DECIDED),
});

const without = (running: Agenda['running'], id: string): Agenda['running'] =>
  running.has(id) ? new Map([...running].filter(([other]) => other !== id)) : running;
