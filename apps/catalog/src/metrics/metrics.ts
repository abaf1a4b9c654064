import { Gauge, Registry } from 'prom-client';
import type { Catalog } from '../api/catalog.js';
import type { BackupRow } from '../model/rows.js';

const names = {
  backups: ['Backups by verdict', ['source', 'verdict']],
  last_good_timestamp_seconds: [
    'When the newest good backup was requested: whole, undamaged, and somewhere',
    ['source'],
  ],
  last_good_age_seconds: ['How old that is', ['source']],
  last_timestamp_seconds: ['When the newest backup was requested, whatever became of it', ['source']],
  last_verdict: ['1 for the verdict of the newest backup', ['source', 'verdict']],
  last_duration_seconds: ['How long the newest ended backup took', ['source']],
  last_bytes: ['Stored bytes of the newest ended backup', ['source']],
  last_part_duration_seconds: ['How long each part of it took', ['source', 'part']],
  last_part_bytes: ['Stored bytes of each part of it', ['source', 'part']],
  last_part_rows: ['Rows of the database, records of the export', ['source', 'part']],
  stored_bytes: ['Stored bytes of all backups that lie somewhere', ['source']],
  last_verified_timestamp_seconds: ['When bytes of a backup were last found as they were stored', ['source']],
  last_proven_timestamp_seconds: ['When a backup was last restored on trial', ['source']],
  damaged: ['Backups of which a check has found damage that stands', ['source']],
  restores: ['Restores by verdict', ['verdict']],
  notifications: ['Notifications by outcome', ['channel', 'outcome']],
  alerts_open: ['Alerts that are not over', ['kind', 'source']],
  log_sequence: ['The last event of the log', []],
  log_bytes: ['Size of the log', []],
  log_up: ['1 while the log can be reached', []],
  catalog_sequence: ['The last event in the catalog', []],
  catalog_lag: ['Events of the log that are not in the catalog yet', []],
  catalog_state: ['1 for what the catalog does', ['state']],
  catalog_rebuilds: ['Rebuilds since the start of this process', []],
  consumer_pending: ['Events that wait for a consumer', ['consumer']],
  consumer_ack_pending: ['Events that a consumer works on', ['consumer']],
  consumer_redelivered: ['Of these, those that are not given out for the first time', ['consumer']],
} as const satisfies Record<string, readonly [string, readonly string[]]>;
type Name = keyof typeof names;

/** The names of all metrics, as they are scraped. */
export const metricNames: readonly string[] = Object.keys(names).map((name) => `nocodb_backup_${name}`);

/** What Prometheus scrapes, made from the tables and the log at each scrape. */
export class Metrics {
  constructor(private readonly catalog: Catalog) {}

  /** In the text format; what cannot be asked right now is left out. */
  async text(): Promise<string> {
    const registry = new Registry();
    const gauges = new Map(
      Object.entries(names).map(([name, [help, labelNames]]) => [
        name,
        new Gauge({
          name: `nocodb_backup_${name}`,
          help,
          labelNames: [...labelNames],
          registers: [registry],
        }),
      ]),
    );
    const set: Set = (name, value, labels = {}) => gauges.get(name)?.set(labels, value);
    await this.tellLog(set);
    await this.tellTables(set).catch(() => undefined);
    return registry.metrics();
  }

  private async tellLog(set: Set): Promise<void> {
    const { log } = this.catalog;
    const status = await this.catalog.status();
    set('log_up', Number(log.connected && status.logSequence !== null));
    set('catalog_sequence', status.sequence);
    set('catalog_state', 1, { state: status.state });
    set('catalog_rebuilds', status.rebuilds);
    if (status.logSequence === null) return;
    set('log_sequence', status.logSequence);
    set('log_bytes', (await log.info()).bytes);
    set('catalog_lag', Math.max(0, status.logSequence - status.sequence));
    for (const { durable: consumer, ...lag } of await log.lags()) {
      set('consumer_pending', lag.pending, { consumer });
      set('consumer_ack_pending', lag.ackPending, { consumer });
      set('consumer_redelivered', lag.redelivered, { consumer });
    }
  }

  private async tellTables(set: Set): Promise<void> {
    const model = await this.catalog.model();
    const backups = await model.rows('backups').find({ order: { id: 'DESC' } });
    for (const [source, own] of Map.groupBy(backups, (backup) => backup.source))
      await this.tellSource(set, source, own);
    for (const [verdict, own] of Map.groupBy(await model.rows('restores').find(), (one) => one.verdict))
      set('restores', own.length, { verdict });
    const told = await model.rows('notifications').find();
    for (const own of Map.groupBy(told, ({ channel, outcome }) => `${channel} ${outcome}`).values())
      if (own[0]) set('notifications', own.length, { channel: own[0].channel, outcome: own[0].outcome });
    const open = (await model.rows('alerts').find()).filter(({ clearedAt }) => clearedAt === null);
    for (const own of Map.groupBy(open, ({ kind, source }) => `${kind} ${source}`).values())
      if (own[0]) set('alerts_open', own.length, { kind: own[0].kind, source: own[0].source });
  }

  /** `own`: newest first. */
  private async tellSource(set: Set, source: string, own: readonly BackupRow[]): Promise<void> {
    const verdicts = Map.groupBy(own, (backup) => this.catalog.summary(backup).verdict);
    for (const [verdict, { length }] of verdicts) set('backups', length, { source, verdict });
    const [newest] = own;
    if (newest) {
      set('last_timestamp_seconds', seconds(newest.requestedAt), { source });
      set('last_verdict', 1, { source, verdict: this.catalog.summary(newest).verdict });
    }
    const good = own.find((backup) => backup.good);
    if (good) {
      set('last_good_timestamp_seconds', seconds(good.requestedAt), { source });
      set('last_good_age_seconds', this.catalog.now().getTime() / 1000 - seconds(good.requestedAt), {
        source,
      });
    }
    tellChecks(set, source, own);
    const lying = own.filter(({ destinations }) => destinations !== '');
    set(
      'stored_bytes',
      lying.reduce((sum, { bytes }) => sum + bytes, 0),
      { source },
    );
    const ended = own.find(({ endedAt }) => endedAt !== null);
    if (ended) await this.tellEnded(set, source, ended);
  }

  private async tellEnded(set: Set, source: string, ended: BackupRow): Promise<void> {
    set('last_bytes', ended.bytes, { source });
    if (ended.seconds !== null) set('last_duration_seconds', ended.seconds, { source });
    const parts = (await this.catalog.model()).rows('parts');
    for (const row of await parts.findBy({ backupId: ended.id })) {
      const labels = { source, part: row.part };
      set('last_part_bytes', row.bytes, labels);
      if (row.seconds !== null) set('last_part_duration_seconds', row.seconds, labels);
      if (row.rows !== null) set('last_part_rows', row.rows, labels);
    }
  }
}

type Set = (name: Name, value: number, labels?: Readonly<Record<string, string>>) => void;

const seconds = (time: string): number => Date.parse(time) / 1000;

const tellChecks = (set: Set, source: string, own: readonly BackupRow[]): void => {
  set('damaged', own.filter(({ damaged }) => damaged).length, { source });
  const latest = (times: readonly (string | null)[]) =>
    times
      .filter((time) => time !== null)
      .sort()
      .at(-1);
  const verified = latest(own.map(({ verifiedAt }) => verifiedAt));
  const proven = latest(own.map(({ provenAt }) => provenAt));
  if (verified !== undefined) set('last_verified_timestamp_seconds', seconds(verified), { source });
  if (proven !== undefined) set('last_proven_timestamp_seconds', seconds(proven), { source });
};
