import { type LoggedSummary, type BackupSummary, loggedSummary, summaryAt } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { type FindOptionsWhere, IsNull, LessThan, Not } from 'typeorm';
import type { CatalogDatabase } from '../model/catalog-database.js';
import type { ReadModel } from '../model/read-model.js';
import type { BackupRow, RestoreRow, Rows, VerificationRow } from '../model/rows.js';
import type { Projector } from '../projection/projector.js';
import type { Query, Status } from './schemas.js';

/** What can be asked of the catalog. */
export class Catalog {
  constructor(
    private readonly database: CatalogDatabase,
    readonly log: EventLog,
    readonly projector: Projector,
    readonly now: () => Date = () => new Date(),
  ) {}

  model(): Promise<ReadModel> {
    return this.database.current();
  }

  /** Newest first, as `nocodb-backup list --json` prints them. */
  async backups({ limit, before, all, source }: Query<'backups'>): Promise<LoggedSummary[]> {
    const where = {
      ...(before !== undefined && { id: LessThan(before) }),
      ...(!all && { verdict: Not('deleted') }),
      ...(source !== undefined && { source }),
    };
    const rows = await this.rows('backups', { where, order: { id: 'DESC' }, take: limit });
    return rows.map((row) => this.summary(row));
  }

  /** One backup with all that belongs to it; undefined when there is none of that id. */
  async backup(id: string) {
    const row = await (await this.model()).rows('backups').findOneBy({ id });
    if (!row) return undefined;
    const where = { backupId: id };
    const [parts, bases, tables, verifications, restores] = await Promise.all([
      this.rows('parts', { where, order: { part: 'ASC' } }),
      this.rows('bases', { where, order: { baseId: 'ASC' } }),
      this.rows('tables', { where, order: { title: 'ASC', tableId: 'ASC' } }),
      this.rows('verifications', { where, order: { requestedAt: 'ASC', n: 'ASC' } }),
      this.rows('restores', { where, order: { id: 'ASC' } }),
    ]);
    return {
      ...this.summary(row),
      details: { parts, bases, tables },
      verifications: verifications.map(verificationJson),
      restores: restores.map(restoreJson),
    };
  }

  events({ limit, before, type, id }: Query<'events'>): Promise<Rows['events'][]> {
    const where = {
      ...(before !== undefined && { sequence: LessThan(before) }),
      ...(type !== undefined && { type }),
      ...(id !== undefined && { subjectId: id }),
    };
    return this.rows('events', { where, order: { sequence: 'DESC' }, take: limit });
  }

  /** One event as it lies in the log: the tables have its outside alone. */
  async event(sequence: number) {
    for await (const stored of this.log.stored('evt.>', {
      from: sequence,
      signal: AbortSignal.timeout(10_000),
    })) {
      if (stored.sequence !== sequence) return undefined;
      const { subject, time, envelope, event } = stored;
      return { sequence, subject, time: time.toISOString(), known: event !== undefined, envelope };
    }
    return undefined;
  }

  /** How a table was in each backup that planned it, newest first. */
  async tableHistory(tableId: string, { limit, before }: Query<'history'>) {
    const where = { tableId, ...(before !== undefined && { backupId: LessThan(before) }) };
    const points = await this.rows('tables', { where, order: { backupId: 'DESC' }, take: limit });
    const backups = new Map<string, BackupRow>();
    for (const row of await this.rowsOfBackups(points.map(({ backupId }) => backupId)))
      backups.set(row.id, row);
    return points.flatMap((point) => {
      const backup = backups.get(point.backupId);
      return backup
        ? [{ ...point, requestedAt: backup.requestedAt, verdict: this.summary(backup).verdict }]
        : [];
    });
  }

  async restores({ limit, before, backup }: Query<'restores'>) {
    const where = {
      ...(before !== undefined && { id: LessThan(before) }),
      ...(backup !== undefined && { backupId: backup }),
    };
    return (await this.rows('restores', { where, order: { id: 'DESC' }, take: limit })).map(restoreJson);
  }

  async verifications({ limit, backup }: Query<'verifications'>) {
    const where = backup === undefined ? {} : { backupId: backup };
    const order = { requestedAt: 'DESC', backupId: 'DESC', n: 'DESC' } as const;
    return (await this.rows('verifications', { where, order, take: limit })).map(verificationJson);
  }

  notifications({ limit, before }: Query<'notifications'>): Promise<Rows['notifications'][]> {
    const where = before === undefined ? {} : { sequence: LessThan(before) };
    return this.rows('notifications', { where, order: { sequence: 'DESC' }, take: limit });
  }

  alerts({ limit, open }: Query<'alerts'>): Promise<Rows['alerts'][]> {
    const where = open ? { clearedAt: IsNull() } : {};
    return this.rows('alerts', { where, order: { raisedAt: 'DESC', id: 'DESC' }, take: limit });
  }

  /** Where the catalog stands; never throws, so that it can say that something is wrong. */
  async status(): Promise<Status> {
    const { state, trouble, rebuilds } = this.projector;
    const info = await this.log.info().catch(() => undefined);
    const position = await this.model()
      .then((model) => model.position())
      .catch(() => undefined);
    return {
      state,
      trouble: trouble ?? null,
      database: this.database.kind,
      sequence: position?.sequence ?? 0,
      logSequence: info?.lastSequence ?? null,
      rebuilds: rebuilds.count,
    };
  }

  /** A summary as of now. */
  summary({ summary }: BackupRow): LoggedSummary {
    return loggedSummary(summaryAt(JSON.parse(summary) as BackupSummary, this.now()));
  }

  /** The newest good backup of each source. */
  async lastGood(): Promise<BackupRow[]> {
    const rows = await this.rows('backups', { where: { good: true }, order: { id: 'DESC' } });
    return [...Map.groupBy(rows, ({ source }) => source).values()].flatMap((own) => own.slice(0, 1));
  }

  private async rowsOfBackups(ids: readonly string[]): Promise<BackupRow[]> {
    if (ids.length === 0) return [];
    return (await this.model()).rows('backups').findBy(ids.map((id) => ({ id })));
  }

  private async rows<Name extends keyof Rows>(
    name: Name,
    options: Parameters<ReturnType<ReadModel['rows']>['find']>[0] & { where?: FindOptionsWhere<Rows[Name]> },
  ): Promise<Rows[Name][]> {
    return (await this.model()).rows(name).find(options as object);
  }
}

const restoreJson = ({ counts, ...row }: RestoreRow) => ({
  ...row,
  counts: counts === null ? null : (JSON.parse(counts) as Record<string, number>),
});

const verificationJson = ({ findings, ...row }: VerificationRow) => ({
  ...row,
  findings: JSON.parse(findings) as string[],
});
