import { Controller } from '@nestjs/common';
import {
  BackupRequested,
  BackupTimedOut,
  ExportCompleted,
  ExportFailed,
  ExportPlanned,
  TableExported,
  TableExportFailed,
  TableExportRequested,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { StagingPlace } from '@nocodb-backup/vault';
import { evolveExport, exportOutcome, nothingPlanned } from './export-outcome.js';
import { exportTable } from './export-table.js';
import { planExport } from './plan-export.js';
import type { Sink } from './sink.js';
import { Source } from './source.js';

const completing = { lane: 'bookkeeping', unless: [ExportCompleted, BackupTimedOut] };

/** Exports NocoDB's bases: plans, hands out the tables, exports them one by one, and sums up. */
@Controller()
export class Exporter {
  constructor(
    private readonly log: EventLog,
    private readonly vault: StagingPlace,
    private readonly source: Source,
  ) {}

  @On(BackupRequested, {
    lane: 'plan',
    unless: [ExportPlanned, ExportFailed, BackupTimedOut],
    failed: ({ data }, failure) => ExportFailed({ backupId: data.backupId, failure }),
  })
  async plan({ data }: BackupRequested, delivery: Delivery) {
    if (!data.parts.includes('export')) return undefined;
    const { backupId } = data;
    const sink = this.stage(backupId, delivery);
    const plan = await planExport({ api: this.source.api, sink, signal: delivery.signal });
    return ExportPlanned({ backupId, attempt: delivery.attemptId, ...plan, ...(await recipientsOf(sink)) });
  }

  @On(ExportPlanned, completing)
  async handOut({ data }: ExportPlanned, delivery: Delivery) {
    const { backupId, tables } = data;
    if (tables.length === 0) return this.completed(backupId, delivery);
    const requested = await this.log.last(BackupRequested.subjectFor({ backupId }));
    const { records, attachments } = BackupRequested.schema.parse(requested?.data);
    return tables.map((table) => TableExportRequested({ backupId, ...table, records, attachments }));
  }

  @On(TableExportRequested, {
    lane: 'tables',
    unless: [TableExported, TableExportFailed, BackupTimedOut],
    failed: ({ data: { backupId, tableId } }, failure) => TableExportFailed({ backupId, tableId, failure }),
  })
  async exportOne({ data }: TableExportRequested, delivery: Delivery) {
    const { backupId, tableId: part } = data;
    const { signal, attemptId: attempt } = delivery;
    const sink = this.stage(backupId, delivery);
    const progress = (figures: Readonly<Record<string, number | string>>) => {
      delivery.progress({ ...figures, part });
    };
    const exported = await exportTable({ ...this.source.tools, sink, signal, progress }, data);
    return TableExported({ backupId, attempt, ...exported, ...(await recipientsOf(sink)) });
  }

  @On(TableExported, completing)
  async tableExported({ data }: TableExported, delivery: Delivery) {
    return this.completed(data.backupId, delivery);
  }

  @On(TableExportFailed, completing)
  async tableFailed({ data }: TableExportFailed, delivery: Delivery) {
    return this.completed(data.backupId, delivery);
  }

  /** Reads at least up to the fact that is answered, so that the handler of the last one sees all of them. */
  private async completed(backupId: string, { sequence, signal }: Delivery) {
    let state = nothingPlanned;
    for await (const fact of this.log.read(`evt.backup.${backupId}.>`, { upTo: sequence, signal })) {
      state = evolveExport(state, fact);
    }
    const totals = exportOutcome(state);
    return totals && ExportCompleted({ backupId, ...totals });
  }

  private stage(backupId: string, delivery: Delivery) {
    const staging = this.vault.stage(backupId, delivery.attemptId);
    delivery.onDiscarded(() => staging.discard());
    return staging;
  }
}

const recipientsOf = async ({ secrecy }: Sink) => (secrecy ? { recipients: await secrecy.recipients() } : {});
