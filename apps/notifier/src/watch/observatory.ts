import { Injectable } from '@nestjs/common';
import { type AlertFact, type Alerts, evolveAlerts, noAlerts } from '@nocodb-backup/backup';
import type { AlertKind } from '@nocodb-backup/events';
import { EventLog } from '@nocodb-backup/messaging';
import { readBackup, readLyingBackups } from '@nocodb-backup/service';
import { type Chronicle, firstRequestOf, sourcesOf } from './chronicle.js';
import type { Condition } from './condition.js';
import { diskConditions, spaceIn } from './disk.js';
import type { Aspect } from './good.js';
import { History } from './history.js';
import { Watch } from './rules.js';
import { type Pair, shrunkenConditions } from './shrunken.js';
import { stuckConditions } from './stuck-retention.js';
import { ageConditions, overdueConditions, type SourceAge } from './time-conditions.js';

/** What is wrong by now, what had been told of it, and the kinds of which something is known. */
export interface Sight {
  readonly alerts: Alerts;
  readonly conditions: readonly Condition[];
  readonly judged: ReadonlySet<AlertKind>;
}

const HOUR_MS = 3600_000;
const aspects = ['dump', 'records'] as const satisfies readonly Aspect[];
/** How far back it is looked for what can be compared. */
const comparedAtMost = 100;

interface Comparable {
  readonly aspect: Aspect;
  readonly ids: readonly [newest: string, before: string];
}

/** Looks at log and disk. What costs much to find out is looked at once an hour, or when there is a new backup. */
@Injectable()
export class Observatory {
  private alerts = noAlerts;
  private watchedSince: Date | undefined;
  private stuck: { readonly at: Date; readonly conditions: readonly Condition[] } | undefined;
  private readonly compared = new Map<
    string,
    { readonly pairs: string; readonly conditions: readonly Condition[] }
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
    const conditions = [
      ...overdueConditions(chronicle, now),
      ...ageConditions(await this.ages(chronicle, now, signal), rules.maxAgeHours, now),
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

  /** The watch's own source must have backups even if it never asked for one. */
  private async ages(chronicle: Chronicle, now: Date, signal: AbortSignal): Promise<SourceAge[]> {
    const watchedSince = await this.since(now, signal);
    const ages: SourceAge[] = [];
    for (const source of new Set([this.watch.rules.source, ...sourcesOf(chronicle)])) {
      const lastGood = await this.history.lastGood(source, { signal });
      ages.push({ source, lastGood, awaitedSince: firstRequestOf(chronicle, source) ?? watchedSince });
    }
    return ages;
  }

  private async shrunken(chronicle: Chronicle, signal: AbortSignal): Promise<Condition[]> {
    if (this.watch.rules.shrinkPercent === 0) return [];
    const conditions: Condition[] = [];
    for (const source of sourcesOf(chronicle)) conditions.push(...(await this.comparison(source, signal)));
    return conditions;
  }

  private async comparison(source: string, signal: AbortSignal): Promise<readonly Condition[]> {
    const comparable = await this.comparable(source, signal);
    const pairs = JSON.stringify(comparable);
    const known = this.compared.get(source);
    if (known?.pairs === pairs) return known.conditions;
    const read: Pair[] = [];
    for (const { aspect, ids } of comparable) {
      const [newest, before] = [
        await readBackup(this.log, ids[0], { signal }),
        await readBackup(this.log, ids[1], { signal }),
      ];
      if (newest && before) read.push({ aspect, newest, before });
    }
    const conditions = shrunkenConditions(read, this.watch.rules.shrinkPercent);
    this.compared.set(source, { pairs, conditions });
    return conditions;
  }

  /** Of what is compared the two newest good backups that hold it. */
  private async comparable(source: string, signal: AbortSignal): Promise<Comparable[]> {
    const found: Record<Aspect, string[]> = { dump: [], records: [] };
    let seen = 0;
    for await (const { id, holds } of this.history.good(source, { signal })) {
      for (const aspect of holds) found[aspect].push(id);
      seen += 1;
      if (seen === comparedAtMost || aspects.every((aspect) => found[aspect].length > 1)) break;
    }
    return aspects.flatMap((aspect) => {
      const [newest, before] = found[aspect];
      return newest !== undefined && before !== undefined ? { aspect, ids: [newest, before] } : [];
    });
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
