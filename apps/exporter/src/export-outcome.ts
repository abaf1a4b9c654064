import { type ExportCompleted, ExportPlanned, TableExported, TableExportFailed } from '@nocodb-backup/events';

/** A fact of the log, as far as the decision looks. */
export interface Fact {
  readonly type: string;
  readonly data: unknown;
}

type Totals = Omit<ExportCompleted['data'], 'backupId'>;
type Figures = Pick<TableExported['data'], 'records' | 'links' | 'attachments'>;

/** How far the tables of one export are; undefined stands for a table that failed. */
export interface ExportState {
  readonly planned: readonly string[] | undefined;
  readonly settled: ReadonlyMap<string, Figures | undefined>;
}

export const nothingPlanned: ExportState = { planned: undefined, settled: new Map() };

/** The state after one more fact of the backup; facts of other parts change nothing. */
export const evolveExport = (state: ExportState, { type, data }: Fact): ExportState => {
  switch (type) {
    case ExportPlanned.type:
      return { ...state, planned: ExportPlanned.schema.parse(data).tables.map(({ tableId }) => tableId) };
    case TableExported.type: {
      const { tableId, records, links, attachments } = TableExported.schema.parse(data);
      return settle(state, tableId, { records, links, attachments });
    }
    case TableExportFailed.type:
      return settle(state, TableExportFailed.schema.parse(data).tableId, undefined);
    default:
      return state;
  }
};

/** A table that failed for one attempt and was exported by another counts as exported. */
const settle = (state: ExportState, tableId: string, figures: Figures | undefined): ExportState => ({
  ...state,
  settled: new Map(state.settled).set(tableId, figures ?? state.settled.get(tableId)),
});

/** The totals once every planned table has settled; undefined while one has not, or nothing is planned. */
export const exportOutcome = ({ planned, settled }: ExportState): Totals | undefined => {
  if (planned?.every((tableId) => settled.has(tableId)) !== true) return undefined;
  const exported = planned.map((tableId) => settled.get(tableId)).filter((figures) => figures !== undefined);
  return {
    tables: { planned: planned.length, exported: exported.length, failed: planned.length - exported.length },
    records: sum(exported.map(({ records }) => records)),
    links: sum(exported.map(({ links }) => links)),
    attachments: {
      files: sum(exported.map(({ attachments }) => attachments.files)),
      bytes: sum(exported.map(({ attachments }) => attachments.bytes)),
      missing: sum(exported.map(({ attachments }) => attachments.missingCount)),
    },
  };
};

const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
