import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DiscontinuityError, type EventLog } from '@nocodb-backup/messaging';
import type { CatalogDatabase, Lead } from '../model/catalog-database.js';
import { OvertakenError, type Position, type ReadModel } from '../model/read-model.js';
import { batched } from './batched.js';
import { build, type BuildProgress, positionAfter } from './build.js';
import { fingerprint } from './fingerprint.js';
import { historyOf } from './history.js';
import { Projection } from './projection.js';
import { Rebuilds } from './rebuilds.js';

/** What the projector does. `standby`: another catalog writes to the same database. */
export type ProjectorState = 'starting' | 'standby' | 'rebuilding' | 'following' | 'failing' | 'stopped';

/** Times in milliseconds. */
export interface Pace {
  /** Before what failed is tried again, and before a standby asks whether it may write. */
  readonly retryMs: number;
  /** How often it is looked whether the log is still the same, when nothing comes. */
  readonly checkMs: number;
  /** The most events of one transaction. */
  readonly batch: number;
}

const usual: Pace = { retryMs: 2000, checkMs: 10_000, batch: 1000 };

/** Keeps the tables of the catalog where the log is, through restarts and losses of either. */
export class Projector {
  state: ProjectorState = 'starting';
  /** Why it fails. */
  trouble: string | undefined;
  readonly rebuilds = new Rebuilds();
  private readonly logger = new Logger('Projector');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: EventLog,
    private readonly database: CatalogDatabase,
    private readonly pace: Pace = usual,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.state = 'stopped';
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const lead = await this.database.lead();
        if (lead) await this.lead(lead);
        else this.state = 'standby';
      } catch (error) {
        this.failed(error as Error);
      }
      await pause(this.pace.retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private failed(error: Error): void {
    if (this.stopping.signal.aborted) return;
    if (this.trouble !== error.message)
      this.logger.error(`the catalog cannot be brought up to date: ${error.message}`);
    this.state = 'failing';
    this.trouble = error.message;
    if (this.rebuilds.wish().aborted) this.rebuilds.failed(error);
  }

  /** Writes as long as it may. */
  private async lead(lead: Lead): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, lead.lost]);
    try {
      this.log.answer('catalog.rebuild', { answering: () => this.rebuilds.asked(), signal });
      let reason = await this.reasonToRebuild();
      let projection: Projection | undefined;
      while (!signal.aborted) {
        if (reason !== undefined) projection = await this.rebuild(lead, reason, signal);
        reason = await this.follow(projection ?? new Projection(historyOf(this.log, signal)), signal);
      }
      lead.lost.throwIfAborted();
    } finally {
      await lead.release();
    }
  }

  private async reasonToRebuild(): Promise<string | undefined> {
    const position = await (await this.database.current()).position();
    if (!position) return 'there is nothing yet';
    if (position.model !== fingerprint) return 'another version of this program made it';
    return this.discontinuity(position);
  }

  /** Why the log is not the one that the tables were made from. */
  private async discontinuity(position: Position): Promise<string | undefined> {
    try {
      await this.log.verifyContinuity(position);
      return undefined;
    } catch (error) {
      if (error instanceof DiscontinuityError) return error.message;
      throw error;
    }
  }

  private async rebuild(lead: Lead, reason: string, signal: AbortSignal): Promise<Projection> {
    this.state = 'rebuilding';
    this.logger.log(`building the catalog from the log: ${reason}`);
    const begun = performance.now();
    const model = await lead.shadow();
    try {
      const progress = (at: BuildProgress) => {
        this.rebuilds.progress(at);
      };
      const { projection, position } = await build({ log: this.log, model, signal, progress });
      signal.throwIfAborted();
      await lead.promote(model);
      const result = { events: position?.sequence ?? 0, seconds: (performance.now() - begun) / 1000 };
      this.logger.log('the catalog is built', result);
      this.rebuilds.done(result);
      return projection;
    } catch (error) {
      this.rebuilds.failed(error as Error);
      await model.close();
      throw error;
    }
  }

  /** The database may have been restored from a backup of its own meanwhile. */
  private async checkStanding(model: ReadModel, position: Position | undefined): Promise<void> {
    if ((await model.position())?.sequence !== position?.sequence)
      throw new OvertakenError('the database is not where it was left');
  }

  /** Goes on with what comes; answers why everything is to be built anew, or nothing when it is to stop. */
  private async follow(projection: Projection, outer: AbortSignal): Promise<string | undefined> {
    const ending = new AbortController();
    const signal = AbortSignal.any([outer, ending.signal, this.rebuilds.wish()]);
    const model = await this.database.current();
    let position = await model.position();
    const { created } = position ?? (await this.log.info());
    this.state = 'following';
    this.trouble = undefined;
    try {
      const events = this.log.followStored('evt.>', { from: (position?.sequence ?? 0) + 1, signal });
      for await (const batch of batched(events, {
        size: this.pace.batch,
        lingerMs: 20,
        idleMs: this.pace.checkMs,
      })) {
        const reason = position && (await this.discontinuity(position));
        if (reason !== undefined) return reason;
        const last = batch.at(-1);
        if (last) {
          const next = positionAfter(last, created);
          await model.apply(await projection.changes(batch), position, next);
          position = next;
        } else await this.checkStanding(model, position);
      }
    } finally {
      ending.abort();
    }
    return this.rebuilds.wish().aborted ? 'somebody asked for it' : undefined;
  }
}
