import type { Event } from '@nocodb-backup/events';
import { uuidv7 } from 'uuidv7';
import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';
import type { Appended } from './append.js';
import type { EventLog } from './event-log.js';
import type { Lease } from './lease.js';
import { pause } from './pause.js';
import { tellProgress } from './progress.js';
import type { Recorded } from './recorded.js';

interface Setting {
  readonly connection: Connection;
  readonly log: EventLog;
  readonly lease: Lease;
  readonly event: Recorded;
  readonly attempt: number;
  /** Names the work in its progress where the handler does not. */
  readonly part: string;
}

const undoMs = 60_000;

/** One run of a handler on one delivery, and what becomes of what it made. */
export class Attempt {
  readonly delivery: Delivery;
  private readonly undos: (() => Promise<void>)[] = [];
  /** One of this attempt's facts stands in the log, or may stand there: what it staged must stay. */
  private mayStand = false;

  constructor(private readonly setting: Setting) {
    const { connection, lease, event, attempt, part } = setting;
    this.delivery = {
      signal: lease.signal,
      attemptId: uuidv7(),
      attempt,
      sequence: event.sequence,
      time: event.time,
      cause: event,
      progress: (figures) => {
        tellProgress(connection, event, { part, ...figures });
      },
      onDiscarded: (undo) => {
        this.undos.push(undo);
      },
    };
  }

  /** Appends the handler's facts, in order, and keeps at it while the log is away. */
  async record(facts: readonly Event[], signal: AbortSignal): Promise<Appended[]> {
    const appended: Appended[] = [];
    for (const fact of facts) appended.push(await this.recordOne(fact, signal));
    return appended;
  }

  /** Runs what `onDiscarded` was given, last first; not if a fact of this attempt stands. Errors are returned, not thrown. */
  async discard(): Promise<unknown[]> {
    if (this.mayStand) return [];
    const problems: unknown[] = [];
    for (const undo of this.undos.splice(0).reverse()) {
      const limit = new AbortController();
      const late = pause(undoMs, limit.signal).then(() => {
        if (!limit.signal.aborted)
          throw new Error(`removing what was staged took longer than ${undoMs / 1000} s`);
      });
      await Promise.race([undo(), late]).catch((error: unknown) => problems.push(error));
      limit.abort();
    }
    return problems;
  }

  private async recordOne(fact: Event, signal: AbortSignal): Promise<Appended> {
    const { log, event } = this.setting;
    const before = this.mayStand;
    this.mayStand = true;
    const appended = await log.append(fact, event, { signal });
    this.mayStand = before || appended.mine;
    return appended;
  }
}
