import type { AttachmentEntry } from '@nocodb-backup/backup';
import type { Column, Table } from '@nocodb-backup/nocodb';
import type { StoredTable } from '@nocodb-backup/vault';
import { LeftOuts } from '../records/left-outs.js';
import { keyOf, nameOfTable, tablePair } from '../records/table-pair.js';
import type { PlannedWork } from '../restoration.js';
import type { Target } from '../target.js';

/** The files of a table of the backup, and where they belong on the target. */
export interface TableAttachments {
  readonly stored: StoredTable;
  /** The table's id on the target. */
  readonly tableId: string;
  /** The record's id on the target; undefined when it was not put back. */
  recordIdOf(stored: unknown): number | string | undefined;
}

/** What the files of one table are put back with. */
export interface Job {
  readonly target: Pick<Target, 'api' | 'records' | 'uploads' | 'downloads'>;
  readonly work: Pick<PlannedWork, 'backup' | 'signal' | 'progress'>;
  readonly wanted: TableAttachments;
  readonly table: Table;
  /** The column that tells the target's records apart; undefined when there is no single one. */
  readonly key: Column | undefined;
  /** Attachment columns of the target, by their ids in the backup. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Stored columns by id, for messages. */
  readonly titles: ReadonlyMap<string, string>;
  /** Bytes of the largest file that NocoDB takes; undefined when it does not say. */
  readonly largest: number | undefined;
  readonly leftOuts: LeftOuts;
  readonly warnings: Set<string>;
  readonly figures: Figures;
}

interface Figures {
  files: number;
  bytes: number;
  alreadyThere: number;
  /** Uploads that NocoDB failed on, one after the other. */
  failing: number;
}

/** The table as the target defines it now, and its columns by those of the backup. */
export const jobFor = async (
  target: Job['target'],
  wanted: TableAttachments,
  work: Job['work'],
): Promise<Job> => {
  const { from, to, columns } = await tablePair(target.api, wanted, work.signal);
  const { ncAttachmentFieldSize: largest } = await target.api.info(work.signal);
  return {
    target,
    work,
    wanted,
    table: to,
    key: keyOf(to),
    columns: new Map([...columns].filter(([, { uidt }]) => uidt === 'Attachment')),
    titles: new Map(from.columns.map(({ id, title }) => [id, title])),
    largest: typeof largest === 'number' && largest > 0 ? largest : undefined,
    leftOuts: new LeftOuts(),
    warnings: new Set(),
    figures: { files: 0, bytes: 0, alreadyThere: 0, failing: 0 },
  };
};

/** Tells how far the table is. */
export const tellProgress = ({ work, wanted, figures }: Job): void => {
  const { files, bytes, alreadyThere } = figures;
  const filesTotal = wanted.stored.entry.attachments.files;
  work.progress({ files: files + alreadyThere, filesTotal, fileBytes: bytes });
};

/** Counts a file that is not put back. */
export const leave = (
  { leftOuts, wanted }: Job,
  { title, record }: Pick<AttachmentEntry, 'title' | 'record'>,
  reason: string,
): void => {
  const example = `"${title.slice(0, 150)}" of record ${String(record)}`;
  leftOuts.add(`files of ${nameOfTable(wanted.stored)}`, reason, example);
};

/** Behind so many files that NocoDB failed on, the next ones would fail, too. */
const mostFailing = 10;

/** Counts a file that NocoDB failed on; true when it looks as if it failed on all of them. */
export const failsTooOften = ({ figures }: Job): boolean => ++figures.failing >= mostFailing;
