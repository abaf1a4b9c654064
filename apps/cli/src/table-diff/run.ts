import { type FileHandle, open, unlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from '../log-file/lines.js';
import type { KeyedRecord } from './sorted-records.js';

/** Sorted records in a temporary file. */
export interface Run {
  records(): AsyncIterable<KeyedRecord>;
  close(): Promise<void>;
}

const pieceLength = 256 * 1024;
const lineLimit = 512 * 1024 * 1024;

/** Writes records to a file that has no name any more: nobody finds them there, also not after a kill. */
export const writtenRun = async (
  records: Iterable<KeyedRecord> | AsyncIterable<KeyedRecord>,
): Promise<Run> => {
  const file = await namelessFile();
  try {
    let piece = '';
    for await (const record of records) {
      piece += `${JSON.stringify(record)}\n`;
      if (piece.length < pieceLength) continue;
      await file.appendFile(piece);
      piece = '';
    }
    await file.appendFile(piece);
  } catch (error) {
    await file.close();
    throw isFull(error) ? fullError(error) : error;
  }
  return { records: () => recordsIn(file), close: () => file.close() };
};

const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');

const fullError = (cause: unknown): Error =>
  new Error(`${tmpdir()} is full: records are sorted there. TMPDIR names another place`, { cause });

const namelessFile = async (): Promise<FileHandle> => {
  const path = join(tmpdir(), `nocodb-backup-sort-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
};

async function* recordsIn(file: FileHandle): AsyncGenerator<KeyedRecord> {
  const bytes = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 64 * 1024 });
  for await (const line of linesOf(bytes, lineLimit)) yield JSON.parse(line) as KeyedRecord;
}
