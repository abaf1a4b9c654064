import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { type Duty, Plan } from './duty.js';
import { currentRun, nextRun } from './schedule.js';

/** Node's timers hold no longer waits, and a machine that slept must notice the time soon after. */
const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 5_000;

/** Does what is due at every planned instant. Any number of schedulers may do so: an instant is one request. */
@Injectable()
export class Clock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: Plan,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    const { duties, idle } = this.plan;
    if (idle !== undefined) this.logger.warn(idle);
    this.running = Promise.all(duties.map((duty) => this.run(duty)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(duty: Duty): Promise<void> {
    const { schedule, what } = duty;
    let due = schedule.mode === 'interval' ? currentRun(schedule, new Date()) : nextRun(schedule, new Date());
    while (!this.stopping.signal.aborted) {
      this.logger.log(`the next ${what} is due at ${due.toISOString()}`);
      await this.until(due);
      if (await this.request(duty, due))
        due = nextRun(schedule, new Date(Math.max(Date.now(), due.getTime())));
    }
  }

  private async until(due: Date): Promise<void> {
    while (!this.stopping.signal.aborted && Date.now() < due.getTime())
      await this.pause(Math.min(due.getTime() - Date.now(), LONGEST_SLEEP_MS));
  }

  /** Whether the instant is done with. */
  private async request({ what, request }: Duty, instant: Date): Promise<boolean> {
    const { signal } = this.stopping;
    if (this.isStopping()) return false;
    try {
      this.logger.log(await request(this.log, instant, signal));
      return true;
    } catch (error) {
      if (this.isStopping()) return false;
      this.logger.warn(
        `the ${what} of ${instant.toISOString()} could not be requested, will try again: ${(error as Error).message}`,
      );
      await this.pause(RETRY_MS);
      return false;
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
