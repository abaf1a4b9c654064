import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { VersionSeen } from '@nocodb-backup/events';
import { EventLog } from '@nocodb-backup/messaging';
import { NocoDb } from '@nocodb-backup/nocodb';
import { BackupRuns } from './backup-runs.js';
import { Clock } from './clock.js';
import { versionSeen } from './version-seen.js';

const EVERY_MS = 5 * 60_000;
const LIMIT_MS = 10_000;

/** Which NocoDB is asked for its version. */
export class Watched {
  constructor(
    readonly source: string,
    /** Undefined where nobody wants to know. */
    readonly url: string | undefined,
  ) {}
}

/** Asks NocoDB for its version every five minutes, and records that it is another one: a backup follows. */
@Injectable()
export class VersionWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly stopping = new AbortController();
  private known: string | undefined;
  private isSilent = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly watched: Watched,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly runs: BackupRuns,
  ) {}

  onApplicationBootstrap(): void {
    const { url } = this.watched;
    if (url !== undefined) this.running = this.run(url);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(url: string): Promise<void> {
    const { signal } = this.stopping;
    const api = new NocoDb({ url, token: 'none', tries: 1, timeoutMs: LIMIT_MS });
    while (!signal.aborted) {
      try {
        await this.look(await api.version(signal));
        this.isSilent = false;
      } catch (error) {
        this.tellSilence(error as Error);
      }
      await this.clock.pause(EVERY_MS, signal);
    }
    await api.close();
  }

  private async look(version: string | null): Promise<void> {
    if (version === null || version === this.known) return;
    const { signal } = this.stopping;
    const { source } = this.watched;
    const seen: VersionSeen['data'][] = [];
    for await (const { data } of this.log.read(`evt.schedule.${source}.VersionSeen.*`, { signal }))
      seen.push(data as VersionSeen['data']);
    const fact = versionSeen(seen, { source, version, now: this.clock.now() });
    if (fact) {
      await this.log.append(fact, undefined, { signal });
      this.runs.look();
    }
    this.known = version;
  }

  /** Once, and again after an answer: a NocoDB that is down is somebody else's news. */
  private tellSilence(error: Error): void {
    if (this.isSilent || this.stopping.signal.aborted) return;
    this.isSilent = true;
    this.logger.warn(`NocoDB does not tell its version, so that a change is not noticed: ${error.message}`);
  }
}
