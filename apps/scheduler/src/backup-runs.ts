import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ScheduleSet } from '@nocodb-backup/events';
import { EventLog } from '@nocodb-backup/messaging';
import { nextRun } from '@nocodb-backup/service';
import type { Agenda } from './agenda.js';
import { Clock, untilInstant } from './clock.js';
import { decisionAt, startable } from './decision.js';
import { Plan } from './duty.js';
import { agendaReader } from './read-agenda.js';
import { requestWaiting } from './request-waiting.js';
import { scheduleToSet } from './schedule-to-set.js';

const RETRY_MS = 5000;
/** How often to look whether what a run waits for has ended. */
const LOOK_MS = 30_000;
/** How often to look at the log in any case: another scheduler may have died before it did what it had decided. */
const LONGEST_LOOK_MS = 60 * 60_000;

/**
 * Decides of each planned run, once, and requests its backup. Any number of schedulers may do so: a run is one fact, and what
 * follows from it is read from the log, by whom it was written or who has died meanwhile.
 */
@Injectable()
export class BackupRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private readonly read: (signal: AbortSignal) => Promise<Agenda>;
  private looking = new AbortController();
  private isSet = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly plan: Plan,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {
    this.read = agendaReader(log, plan.backups.content.source);
  }

  onApplicationBootstrap(): void {
    const { idle } = this.plan.backups;
    if (idle !== undefined) this.logger.warn(idle);
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Looks at the log without delay: something has been recorded that a backup follows from. */
  look(): void {
    this.looking.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.looking = new AbortController();
      const next = await this.turn().catch((error: unknown) => this.unlessStopping(error));
      if (next === undefined) return;
      await untilInstant(this.clock, next, AbortSignal.any([signal, this.looking.signal]));
    }
  }

  /** Does what is to be done now; answers when to look again, undefined where nothing ever comes. */
  private async turn(): Promise<Date | undefined> {
    const agenda = await this.agendaAsSet();
    const now = this.clock.now();
    const { content, overlap, schedule } = this.plan.backups;
    if (schedule === null) return undefined;
    const decision = decisionAt(agenda, { source: content.source, overlap, now });
    if (decision) {
      const { mine } = await this.log.append(decision, undefined, { signal: this.stopping.signal });
      if (mine) this.tell(decision.data);
    }
    const decided = decision ? await this.read(this.stopping.signal) : agenda;
    const isStarted = await this.started(decided);
    return decision || isStarted ? new Date(now.getTime() + 1000) : this.nextLook(decided, now);
  }

  /** The agenda once the schedule of this scheduler is in the log; runs of the schedule before it are decided by that one. */
  private async agendaAsSet(): Promise<Agenda> {
    const { signal } = this.stopping;
    const { content, overlap, schedule } = this.plan.backups;
    for (;;) {
      const agenda = await this.read(signal);
      const now = this.clock.now();
      const set = scheduleToSet(agenda, this.isSet ? agenda.set?.schedule : schedule, now);
      this.isSet ||= set === undefined;
      if (!set) return agenda;
      const occasion = { source: content.source, overlap, now, isEnding: true } as const;
      const left = schedule && decisionAt(agenda, occasion);
      if (left) await this.log.append(left, undefined, { signal });
      else await this.log.append(ScheduleSet({ source: content.source, ...set }), undefined, { signal });
    }
  }

  private async started(agenda: Agenda): Promise<boolean> {
    const now = this.clock.now();
    const waiting = startable(agenda, now);
    if (!waiting) return false;
    const asking = { content: this.plan.backups.content, now, signal: this.stopping.signal };
    this.logger.log(`backup ${await requestWaiting(this.log, waiting, asking)} is requested`);
    return true;
  }

  private nextLook({ set, waiting }: Agenda, now: Date): Date {
    const longest = new Date(now.getTime() + (waiting.length > 0 ? LOOK_MS : LONGEST_LOOK_MS));
    const next = set?.schedule ? nextRun(set.schedule, now) : longest;
    return next < longest ? next : longest;
  }

  private tell({ run, decision, behind, missed }: NonNullable<ReturnType<typeof decisionAt>>['data']): void {
    if (missed) this.logger.warn(`missed ${missed.runs} planned runs since ${missed.since}`);
    if (decision === 'skip')
      this.logger.warn(`run ${run} is left out: backup ${behind ?? ''} is not finished`);
    if (decision === 'queue') this.logger.log(`run ${run} waits for backup ${behind ?? ''}`);
  }

  private unlessStopping(error: unknown): Date {
    if (!this.stopping.signal.aborted)
      this.logger.warn(`the schedule could not be followed, will try again: ${(error as Error).message}`);
    return new Date(this.clock.now().getTime() + RETRY_MS);
  }
}
