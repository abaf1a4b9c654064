import type { AlertEvent, AlertRaised } from '@nocodb-backup/events';
import type { Moment } from './backup.js';

/** A fact about an alert, with its place in the log. */
export type AlertFact = AlertEvent & Moment;

/** What is wrong by now, beyond what single events say. */
export interface Alerts {
  /** By alert id, in the order in which they were raised. */
  readonly open: ReadonlyMap<string, AlertRaised & Moment>;
  /** By `<kind> <source>`, how many are over. */
  readonly over: ReadonlyMap<string, number>;
  /** The place in the log up to which they are folded. */
  readonly seen: number;
}

/** Where nothing was ever wrong. */
export const noAlerts: Alerts = { open: new Map(), over: new Map(), seen: 0 };

/** Adds one fact; one that comes again changes nothing. */
export const evolveAlerts = (alerts: Alerts, fact: AlertFact): Alerts => {
  if (fact.sequence <= alerts.seen) return alerts;
  const { alertId, kind, source } = fact.data;
  const open = new Map(alerts.open);
  if (fact.type === 'AlertRaised') return { ...alerts, seen: fact.sequence, open: open.set(alertId, fact) };
  const key = `${kind} ${source}`;
  const over = new Map(alerts.over).set(key, (alerts.over.get(key) ?? 0) + 1);
  open.delete(alertId);
  return { open, over, seen: fact.sequence };
};

/** Folds the facts of all alerts, oldest first. */
export const alertsOf = (facts: Iterable<AlertFact>): Alerts => {
  let alerts = noAlerts;
  for (const fact of facts) alerts = evolveAlerts(alerts, fact);
  return alerts;
};
