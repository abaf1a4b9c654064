import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { nextRun } from '@nocodb-backup/service';
import { Judge } from './judge.js';

const RETRY_MS = 60_000;
const LONGEST_SLEEP_MS = 60_000;
const daily = { mode: 'interval', hours: 24 } as const;

/** Judges the backups at the start and every day, as time passes and settings change; asks again for what could not be deleted. */
@Injectable()
export class DailyRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly judge: Judge,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let due = new Date();
    while (!this.stopping.signal.aborted) {
      const isDone = Date.now() >= due.getTime() && (await this.judged());
      if (isDone) due = nextRun(daily, new Date());
      else await this.pause(due);
    }
  }

  /** Whether it went well. */
  private async judged(): Promise<boolean> {
    const { signal } = this.stopping;
    try {
      const facts = await this.judge.facts({ signal, again: new Date().toISOString().slice(0, 10) });
      for (const fact of facts) await this.log.append(fact, undefined, { signal });
      if (facts.length > 0) this.logger.log(`retention: ${facts.length} copies of backups are to go`);
      return true;
    } catch (error) {
      if (!signal.aborted) this.logger.warn(`retention failed, will try again: ${(error as Error).message}`);
      return false;
    }
  }

  private async pause(due: Date): Promise<void> {
    const wait = due.getTime() - Date.now();
    const milliseconds = wait > 0 ? Math.min(wait, LONGEST_SLEEP_MS) : RETRY_MS;
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
