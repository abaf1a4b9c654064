import type { AttachmentEntry } from '@nocodb-backup/backup';

/** A file that lies in the backup. */
export type StoredFile = Exclude<AttachmentEntry, { missing: string }>;

/** A cell of the backup with all of its files, also those that NocoDB did not give. */
export interface StoredCell {
  readonly record: unknown;
  /** The column's id in the backup. */
  readonly column: string;
  readonly entries: readonly AttachmentEntry[];
}

const mostCells = 100;
const mostFiles = 500;

/** Whole cells, so many that one request reads their records on the target. The entries of a cell must be adjacent. */
export async function* cellBatches(entries: AsyncIterable<AttachmentEntry>): AsyncGenerator<StoredCell[]> {
  let batch: StoredCell[] = [];
  let files = 0;
  for await (const cell of cells(entries)) {
    if (batch.length === mostCells || (batch.length > 0 && files + cell.entries.length > mostFiles)) {
      yield batch;
      batch = [];
      files = 0;
    }
    batch.push(cell);
    files += cell.entries.length;
  }
  if (batch.length > 0) yield batch;
}

async function* cells(entries: AsyncIterable<AttachmentEntry>): AsyncGenerator<StoredCell> {
  let cell: { record: unknown; column: string; entries: AttachmentEntry[] } | undefined;
  for await (const entry of entries) {
    const { record, column } = entry;
    if (cell !== undefined && cell.record === record && cell.column === column) cell.entries.push(entry);
    else {
      if (cell) yield cell;
      cell = { record, column, entries: [entry] };
    }
  }
  if (cell) yield cell;
}
