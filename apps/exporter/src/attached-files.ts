import { type Attachment, attachmentsIn, type Column, pages, type Row } from '@nocodb-backup/nocodb';
import type { Job } from './job.js';
import { recordId } from './records.js';
import { folded, numbered, safeFileName } from './safe-name.js';
import { uniqueIds, uniqueNames } from './unique-names.js';

/** A file that a record names, and where it goes. */
export interface AttachedFile {
  readonly column: Column;
  readonly record: unknown;
  /** The file's place in its cell, from 0. */
  readonly index: number;
  readonly attachment: Attachment;
  readonly path: string;
}

export const attachmentColumns = ({ columns }: Pick<Job, 'columns'>): readonly Column[] =>
  columns.stored.filter(({ uidt }) => uidt === 'Attachment');

/** Every file that the records name, one page of records in memory, read anew so that signed paths are fresh. */
export async function* attachedFiles(job: Job): AsyncGenerator<AttachedFile> {
  const columns = attachmentColumns(job);
  const folders = foldersOf(job, columns);
  const where = columns.map(({ id }) => `(${id},notnull)`).join('~or');
  const name = `the attachments of "${job.table.title}"`;
  const reading = { tableId: job.table.id, name, fields: [...job.columns.keys, ...columns], where };
  let row = 0;
  for await (const { rows } of pages(job.api, { ...reading, key: job.columns.keys }, job.signal)) {
    for (const record of rows) yield* ofRecord(job, { record, row: ++row }, folders);
  }
}

interface Numbered {
  readonly record: Row;
  /** From 1. */
  readonly row: number;
}

function* ofRecord(job: Job, { record, row }: Numbered, folders: ReadonlyMap<string, string>) {
  const id = recordId(job, record);
  for (const column of attachmentColumns(job)) {
    const cell = { attachments: attachmentsIn(record[column.title]), prefix: prefixOf(id, row) };
    const folder = folders.get(column.id) ?? column.id;
    for (const file of job.sink.secrecy ? untitledInCell(cell, folder) : inCell(cell, folder))
      yield { ...file, column, record: id };
  }
}

const foldersOf = ({ planned, sink }: Pick<Job, 'planned' | 'sink'>, columns: readonly Column[]) => {
  const names = sink.secrecy ? uniqueIds(columns) : uniqueNames(columns);
  return new Map([...names].map(([id, name]) => [id, `${planned.folder}/attachments/${name}`]));
};

/** Record ids in front keep equal titles of different records apart without remembering them all. */
const prefixOf = (id: unknown, row: number): string => (typeof id === 'number' ? String(id) : `row${row}`);

interface Cell {
  readonly attachments: readonly Attachment[];
  readonly prefix: string;
}

function* inCell({ attachments, prefix }: Cell, folder: string) {
  const taken = new Set<string>();
  for (const [index, attachment] of attachments.entries()) {
    const name = freeName(`${prefix}_${safeFileName(titleOf(attachment), 150)}`, taken);
    yield { index, attachment, path: `${folder}/${name}` };
  }
}

/** Where names must not tell what people call the files. */
function* untitledInCell({ attachments, prefix }: Cell, folder: string) {
  for (const [index, attachment] of attachments.entries())
    yield { index, attachment, path: `${folder}/${prefix}_${index}` };
}

const freeName = (name: string, taken: Set<string>): string => {
  let number = 1;
  while (taken.has(folded(numbered(name, number)))) number++;
  const free = numbered(name, number);
  taken.add(folded(free));
  return free;
};

/** What people call the file. */
export const titleOf = ({ title, path, url }: Attachment): string =>
  title ?? lastSegment(path ?? url ?? '') ?? 'file';

const lastSegment = (address: string): string | undefined => {
  const name = address.split(/[?#]/)[0]?.split('/').at(-1);
  return name === '' ? undefined : name;
};
