import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { Clock } from '../settings.js';
import { alertFacts } from './alert-facts.js';
import { Observatory } from './observatory.js';
import { Watch } from './rules.js';

const pauseMs = 60_000;

/** Looks every minute whether time has brought about what people must know. Any number of replicas may do so. */
@Injectable()
export class Watchman implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('notifier');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly watch: Watch,
    private readonly observatory: Observatory,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.watch.rules.isWanted) this.running = this.run();
    else
      this.logger.log(
        'alerts are switched off (NOCODB_BACKUP_ALERT_ENABLED=false): nobody is told of anything',
      );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Records what has changed since it was last looked at. */
  async look(signal: AbortSignal): Promise<void> {
    const { alerts, conditions, judged } = await this.observatory.seen(this.clock.now(), signal);
    for (const fact of alertFacts(alerts, conditions, judged)) {
      const { mine } = await this.log.append(fact, undefined, { signal });
      if (mine) this.logger.warn(`${fact.type}: ${fact.data.title}`);
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look(signal).catch((error: unknown) => {
        if (!signal.aborted) this.logger.warn(`could not look, will try again: ${(error as Error).message}`);
      });
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
