import type { Recorded, StoredEvent } from '@nocodb-backup/messaging';
import type { Changes } from '../model/read-model.js';
import { Alerts } from './alerts.js';
import { Backups } from './backups.js';
import { ChangedRows } from './changed-rows.js';
import { eventRow } from './event-row.js';
import type { History } from './history.js';
import { notificationRow } from './other-rows.js';
import { Restores } from './restores.js';
import { Verifications } from './verifications.js';

/** One stream of the log, folded into rows. */
export interface Part {
  /** Adds one fact, which comes after all that were added before; a promise where the log must be asked. */
  add(fact: Recorded, rows: ChangedRows): Promise<void> | undefined;
  /** The rows of what was changed since the last time. */
  finish?(rows: ChangedRows): void;
}

/** Turns batches of events into the rows that they change, by the folds of the domain. Remembers what it needs for the next batch. */
export class Projection {
  private readonly parts: readonly Part[];

  constructor(history: History) {
    this.parts = [
      new Backups(history),
      new Verifications(history),
      new Restores(history),
      new Alerts(history),
      { add: addNotification },
    ];
  }

  /** The rows after a batch, which must follow the last one. What this version does not know is listed, and changes nothing else. */
  async changes(batch: readonly StoredEvent[]): Promise<Changes> {
    const rows = new ChangedRows();
    for (const stored of batch) {
      rows.set('events', String(stored.sequence), eventRow(stored));
      const waiting = stored.event && this.add(stored.event, rows);
      if (waiting) await waiting;
    }
    for (const part of this.parts) part.finish?.(rows);
    return rows.changes();
  }

  /** A promise only where there is something to wait for: else the waiting would take longer than the folding. */
  private add(fact: Recorded, rows: ChangedRows): Promise<unknown> | undefined {
    const waits = this.parts.map((part) => part.add(fact, rows)).filter((wait) => wait !== undefined);
    return waits.length > 0 ? Promise.all(waits) : undefined;
  }
}

const addNotification = (fact: Recorded, rows: ChangedRows): undefined => {
  if (fact.type === 'NotificationSent' || fact.type === 'NotificationFailed')
    rows.set(
      'notifications',
      String(fact.sequence),
      notificationRow(fact as Parameters<typeof notificationRow>[0]),
    );
  return undefined;
};
