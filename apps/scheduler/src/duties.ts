import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { nextRun } from '@nocodb-backup/service';
import { Clock, untilInstant } from './clock.js';
import { type Duty, Plan } from './duty.js';

const RETRY_MS = 5000;

/** Does what is due at planned instants besides backups; what was missed is not caught up, the next one comes. */
@Injectable()
export class Duties implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly plan: Plan,
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.running = Promise.all(this.plan.duties.map((duty) => this.run(duty)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(duty: Duty): Promise<void> {
    const { signal } = this.stopping;
    let due = nextRun(duty.schedule, this.clock.now());
    while (!signal.aborted) {
      this.logger.log(`the next ${duty.what} is due at ${due.toISOString()}`);
      await untilInstant(this.clock, due, signal);
      const now = this.clock.now();
      if (now < due || (await this.isDone(duty, due)))
        due = nextRun(
          duty.schedule,
          now < due ? now : new Date(Math.max(this.clock.now().getTime(), due.getTime())),
        );
    }
  }

  /** Whether the instant is done with. */
  private async isDone({ what, request }: Duty, instant: Date): Promise<boolean> {
    const { signal } = this.stopping;
    try {
      this.logger.log(await request(this.log, instant, signal));
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.logger.warn(
        `the ${what} of ${instant.toISOString()} could not be requested, will try again: ${(error as Error).message}`,
      );
      await this.clock.pause(RETRY_MS, signal);
      return false;
    }
  }
}
