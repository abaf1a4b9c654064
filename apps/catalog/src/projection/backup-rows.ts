import {
  type Backup,
  type ContentSummary,
  isGood,
  type Outcome,
  statusOfPart,
  storedBytes,
  summaryOf,
} from '@nocodb-backup/backup';
import type { Part, TableExported } from '@nocodb-backup/events';
import type { BackupRow, BaseRow, PartRow, TableRow } from '../model/rows.js';

/** A backup that runs is judged as if no time passed: a row must not depend on when it was written. */
const anyTime = new Date(0);

/** The row of a backup, by its facts. */
export const backupRow = (backup: Backup, content: ContentSummary): BackupRow => {
  const summary = summaryOf(backup, anyTime, content);
  const { id, source, verdict, trigger, requestedBy, requestedAt, deadline, endedAt, bytes } = summary;
  return {
    id,
    source,
    verdict,
    good: isGood(summary),
    trigger,
    requestedBy,
    requestedAt,
    deadline: new Date(deadline).toISOString(),
    endedAt,
    seconds: endedAt === null ? null : (Date.parse(endedAt) - Date.parse(requestedAt)) / 1000,
    bytes,
    destinations: summary.destinations.join(','),
    pinned: summary.pinned !== null,
    verifiedAt: summary.verifiedAt,
    provenAt: summary.provenAt,
    damaged: summary.damage !== null,
    summary: JSON.stringify(summary),
  };
};

/** The rows of the wanted parts. */
export const partRows = (backup: Backup): PartRow[] =>
  backup.request.parts.map((part) => ({
    backupId: backup.id,
    part,
    status: statusOfPart(backup, part),
    bytes: storedBytes(backup, part),
    ...figuresOf(backup, part),
    failure: failureOf(backup[part]),
  }));

type Figures = Pick<PartRow, 'seconds' | 'rows' | 'files'>;
const unknown: Figures = { seconds: null, rows: null, files: null };

const figuresOf = (backup: Backup, part: Part): Figures => {
  const { dump, files, export: exported } = backup;
  if (part === 'dump')
    return dump.state === 'succeeded'
      ? { ...unknown, seconds: dump.data.seconds, rows: dump.data.rows }
      : unknown;
  if (part === 'files')
    return files.state === 'succeeded'
      ? { ...unknown, seconds: files.data.seconds, files: files.data.files }
      : unknown;
  if (exported.state !== 'succeeded') return unknown;
  const { records, attachments } = exported.data;
  return { seconds: exportSeconds(backup), rows: records, files: attachments.files };
};

/** Of all tables together: they are exported beside each other. */
const exportSeconds = ({ tables }: Backup): number =>
  [...tables.values()].reduce(
    (sum, table) => (table.state === 'succeeded' ? sum + table.data.seconds : sum),
    0,
  );

const failureOf = (outcome: Outcome<unknown>): string | null => {
  if (outcome.state === 'failed') return outcome.failure.reason;
  return outcome.state === 'timed-out' ? 'not finished before the deadline' : null;
};

/** The rows of the bases that the plan names. */
export const baseRows = ({ id, plan }: Backup): BaseRow[] =>
  (plan?.bases ?? []).map(({ baseId, title }) => ({
    backupId: id,
    baseId,
    title,
    tables: (plan?.tables ?? []).filter((table) => table.baseId === baseId).length,
  }));

/** The row of one table, planned or exported. */
export const tableRow = (backup: Backup, tableId: string): TableRow => {
  const planned = backup.plan?.tables.find((table) => table.tableId === tableId);
  const outcome = backup.tables.get(tableId);
  return {
    backupId: backup.id,
    tableId,
    baseId: planned?.baseId ?? null,
    title: planned?.title ?? tableId,
    status: tableStatus(outcome),
    ...(outcome?.state === 'succeeded' ? exportedFigures(outcome.data) : noFigures),
    failure: outcome ? failureOf(outcome) : null,
  };
};

type TableFigures = Omit<TableRow, 'backupId' | 'tableId' | 'baseId' | 'title' | 'status' | 'failure'>;

const noFigures: TableFigures = {
  records: null,
  links: null,
  attachments: null,
  attachmentBytes: null,
  missing: null,
  bytes: null,
  seconds: null,
};

const exportedFigures = (exported: TableExported['data']): TableFigures => ({
  records: exported.records,
  links: exported.links,
  attachments: exported.attachments.files,
  attachmentBytes: exported.attachments.bytes,
  missing: exported.attachments.missingCount,
  bytes: tableBytes(exported),
  seconds: exported.seconds,
});

const tableStatus = (outcome: Outcome<TableExported['data']> | undefined): string => {
  if (outcome?.state === 'succeeded')
    return outcome.data.attachments.missingCount > 0 ? 'partial' : 'complete';
  return outcome?.state ?? 'awaited';
};

const tableBytes = ({ artifacts, attachments }: TableExported['data']): number =>
  artifacts.reduce((sum, { bytes }) => sum + bytes, attachments.bytes);
