import type { AlertCleared, AlertRaised } from '@nocodb-backup/events';
import type { Recorded } from '@nocodb-backup/messaging';
import type { ChangedRows } from './changed-rows.js';
import type { History } from './history.js';
import { alertRow } from './other-rows.js';
import type { Part } from './projection.js';

type Placed<Event> = Event & Recorded;

/** Keeps alerts, raised and cleared. */
export class Alerts implements Part {
  constructor(private readonly history: History) {}

  add(fact: Recorded, rows: ChangedRows): Promise<void> | undefined {
    return fact.subject.startsWith('evt.alert.') ? this.addOwn(fact, rows) : undefined;
  }

  private async addOwn(fact: Recorded, rows: ChangedRows): Promise<void> {
    const { alertId } = fact.data as { readonly alertId: string };
    if (fact.type === 'AlertRaised')
      rows.set('alerts', alertId, alertRow(fact as unknown as Placed<AlertRaised>));
    if (fact.type !== 'AlertCleared') return;
    for await (const raised of this.history.before(`evt.alert.${alertId}.AlertRaised`, fact.sequence))
      rows.set(
        'alerts',
        alertId,
        alertRow(raised as unknown as Placed<AlertRaised>, fact as unknown as Placed<AlertCleared>),
      );
  }
}
