import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type BackupContent, backupRequest } from '@nocodb-backup/backup';
import { EventLog } from '@nocodb-backup/messaging';
import { currentRun, nextRun, type Schedule } from './schedule.js';

/** When to request which backups; without a schedule, never. */
export class Plan {
  constructor(
    readonly schedule: Schedule | undefined,
    readonly content: BackupContent,
  ) {}
}

/** Node's timers hold no longer waits, and a machine that slept must notice the time soon after. */
const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 5_000;

/** Requests the backup of every planned instant. Any number of schedulers may do so: an instant is one backup. */
@Injectable()
export class Clock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly plan: Plan,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    const { schedule, content } = this.plan;
    if (!schedule)
      this.logger.warn(
        'the schedule is switched off (NOCODB_BACKUP_SCHEDULE_ENABLED=false): no backup comes by itself',
      );
    else if (content.parts.length === 0)
      this.logger.error(
        'every part of a backup is switched off: nothing is scheduled. Set NOCODB_BACKUP_DATABASE_DUMP, NOCODB_BACKUP_INCLUDE_FILES or NOCODB_BACKUP_API_EXPORT to true',
      );
    else this.running = this.run(schedule);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(schedule: Schedule): Promise<void> {
    let due = schedule.mode === 'interval' ? currentRun(schedule, new Date()) : nextRun(schedule, new Date());
    while (!this.stopping.signal.aborted) {
      this.logger.log(`the next backup is due at ${due.toISOString()}`);
      await this.until(due);
      if (await this.request(due)) due = nextRun(schedule, new Date(Math.max(Date.now(), due.getTime())));
    }
  }

  private async until(due: Date): Promise<void> {
    while (!this.stopping.signal.aborted && Date.now() < due.getTime())
      await this.pause(Math.min(due.getTime() - Date.now(), LONGEST_SLEEP_MS));
  }

  /** Whether the instant is done with: requested by this scheduler, or by another before. */
  private async request(instant: Date): Promise<boolean> {
    if (this.stopping.signal.aborted) return false;
    const occasion = { instant, now: new Date(), trigger: 'schedule', requestedBy: 'schedule' } as const;
    const event = backupRequest(this.plan.content, occasion);
    try {
      const { mine } = await this.log.append(event, undefined, { signal: this.stopping.signal });
      this.logger.log(`backup ${event.data.backupId} ${mine ? 'is requested' : 'had been requested before'}`);
      return true;
    } catch (error) {
      this.logger.warn(
        `backup ${event.data.backupId} could not be requested, will try again: ${(error as Error).message}`,
      );
      await this.pause(RETRY_MS);
      return false;
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
