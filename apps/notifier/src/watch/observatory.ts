import { Injectable } from '@nestjs/common';
import { type AlertFact, type Alerts, evolveAlerts, noAlerts } from '@nocodb-backup/backup';
import type { AlertKind } from '@nocodb-backup/events';
import { EventLog } from '@nocodb-backup/messaging';
import { readBackup, readLyingBackups } from '@nocodb-backup/service';
import { backupsOf, type Chronicle, isGood, sourcesOf } from './chronicle.js';
import type { Condition } from './condition.js';
import { diskConditions, spaceIn } from './disk.js';
import { History } from './history.js';
import { shrunkenConditions } from './shrunken.js';
import { stuckConditions } from './stuck-retention.js';
import { ageConditions, overdueConditions } from './time-conditions.js';
import { Watch } from './rules.js';

/** What is wrong by now, what had been told of it, and the kinds of which something is known. */
export interface Sight {
  readonly alerts: Alerts;
  readonly conditions: readonly Condition[];
  readonly judged: ReadonlySet<AlertKind>;
}

const HOUR_MS = 3600_000;

/** Looks at log and disk. What costs much to find out is looked at once an hour, or when there is a new backup. */
@Injectable()
export class Observatory {
  private alerts = noAlerts;
  private watchedSince: Date | undefined;
  private stuck: { readonly at: Date; readonly conditions: readonly Condition[] } | undefined;
  private readonly compared = new Map<
    string,
    { readonly pair: string; readonly conditions: readonly Condition[] }
  >();

  constructor(
    private readonly log: EventLog,
    private readonly history: History,
    private readonly watch: Watch,
  ) {}

  async seen(now: Date, signal: AbortSignal): Promise<Sight> {
    const { rules } = this.watch;
    const chronicle = await this.history.now(signal);
    await this.readAlerts(signal);
    const disk = await this.disk(now);
    const age = {
      maxAgeHours: rules.maxAgeHours,
      ownSource: rules.source,
      watchedSince: await this.since(now, signal),
    };
    const conditions = [
      ...overdueConditions(chronicle, now),
      ...ageConditions(chronicle, age, now),
      ...(await this.shrunken(chronicle, signal)),
      ...(await this.stuckRetention(now, signal)),
      ...(disk ?? []),
    ];
    const judged = new Set<AlertKind>(['overdue', 'no-good-backup', 'shrunken', 'retention-stuck']);
    return { alerts: this.alerts, conditions, judged: disk ? judged.add('disk-full') : judged };
  }

  private async readAlerts(signal: AbortSignal): Promise<void> {
    for await (const fact of this.log.read('evt.alert.>', { from: this.alerts.seen + 1, signal }))
      this.alerts = evolveAlerts(this.alerts, fact as unknown as AlertFact);
  }

  /** When the first channel was opened; while there is none, now. */
  private async since(now: Date, signal: AbortSignal): Promise<Date> {
    if (this.watchedSince) return this.watchedSince;
    for await (const { time } of this.log.read('evt.channel.*.ChannelOpened', { signal })) {
      this.watchedSince = time;
      return time;
    }
    return now;
  }

  private async disk(now: Date): Promise<Condition[] | undefined> {
    const { source, directory, diskFreePercent: percent } = this.watch.rules;
    const space = await spaceIn(directory);
    const isOpen = [...this.alerts.open.values()].some(
      ({ data }) => data.kind === 'disk-full' && data.source === source,
    );
    return space && diskConditions(space, { source, percent, isOpen }, now);
  }

  private async shrunken(chronicle: Chronicle, signal: AbortSignal): Promise<Condition[]> {
    const conditions: Condition[] = [];
    for (const source of sourcesOf(chronicle)) {
      const [newest, before] = backupsOf(chronicle, source).filter((entry) => isGood(entry));
      if (newest && before)
        conditions.push(...(await this.comparison(source, [newest.id, before.id], signal)));
    }
    return conditions;
  }

  private async comparison(
    source: string,
    [newest, before]: readonly [string, string],
    signal: AbortSignal,
  ): Promise<readonly Condition[]> {
    const pair = `${newest} ${before}`;
    const known = this.compared.get(source);
    if (known?.pair === pair) return known.conditions;
    const now = await readBackup(this.log, newest, { signal });
    const then = await readBackup(this.log, before, { signal });
    const conditions = now && then ? shrunkenConditions(now, then, this.watch.rules.shrinkPercent) : [];
    this.compared.set(source, { pair, conditions });
    return conditions;
  }

  private async stuckRetention(now: Date, signal: AbortSignal): Promise<readonly Condition[]> {
    if (this.stuck && now.getTime() - this.stuck.at.getTime() < HOUR_MS) return this.stuck.conditions;
    const { source, policy, retentionDays: days } = this.watch.rules;
    const backups = days === 0 ? [] : await readLyingBackups(this.log, { signal });
    const conditions = stuckConditions(backups, { source, policy, days }, now);
    this.stuck = { at: now, conditions };
    return conditions;
  }
}
