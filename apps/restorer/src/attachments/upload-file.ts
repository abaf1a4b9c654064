import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { PermanentError } from '@nocodb-backup/events';
import { type Attachment, NocoDbError, SourceError } from '@nocodb-backup/nocodb';
import { failsTooOften, type Job } from './job.js';
import { writableEntry } from './mended-cell.js';
import type { StoredFile } from './stored-cells.js';
import type { TargetCell } from './target-cell.js';

/** The entry for the uploaded file, or the reason why NocoDB does not take it. Throws when another attempt may help. */
export const uploadedFile = async (
  job: Job,
  { column }: TargetCell,
  file: StoredFile,
  signal: AbortSignal,
): Promise<Attachment | string> => {
  if (file.bytes > (job.largest ?? Infinity)) return tooLarge(job.largest);
  try {
    const stored = await job.target.uploads.upload(
      {
        folder: folderOf(job, column.id),
        title: file.title,
        mimetype: file.mimetype,
        bytes: file.bytes,
        open: () => checked(job, file),
      },
      signal,
    );
    return entryFor(file, stored);
  } catch (error) {
    return reasonOf(job, error);
  }
};

const folderOf = ({ table, wanted }: Job, columnId: string): string => {
  const base = typeof table.base_id === 'string' ? table.base_id : wanted.stored.base.id;
  return `noco/${base}/${table.id}/${columnId}`;
};

const entryFor = (file: StoredFile, stored: Attachment): Attachment => {
  if ((stored.size ?? file.bytes) !== file.bytes) {
    throw new NocoDbError(`NocoDB stored ${stored.size ?? 0} of ${file.bytes} bytes of "${file.title}"`, 0);
  }
  const { title, mimetype } = file;
  return { ...writableEntry(stored), title, mimetype: mimetype ?? stored.mimetype };
};

/** Its bytes; fails before their end when they are not those that the backup was made of, so that NocoDB never has them whole. */
const checked = async ({ work }: Job, { path, bytes, sha256 }: StoredFile): Promise<Readable> => {
  const source = await work.backup.open(path);
  const hash = createHash('sha256');
  const compared = async function* () {
    let read = 0;
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      read += chunk.byteLength;
      if (read > bytes) throw changed();
      hash.update(chunk);
      yield chunk;
    }
    if (read !== bytes || hash.digest('hex') !== sha256) throw changed();
  };
  return Readable.from(compared(), { objectMode: false });
};

const changed = (): Error => new PermanentError('their bytes have changed since the backup was made');

const reasonOf = (job: Job, error: unknown): string => {
  if (error instanceof SourceError && error.cause instanceof PermanentError)
    return `they are damaged in the backup: ${error.cause.message}`;
  if (!(error instanceof NocoDbError)) throw error;
  const { status, message } = error;
  if (status === 413) return tooLarge(job.largest);
  if (hopeless.has(status)) throw error;
  if (status >= 500 && failsTooOften(job)) throw error;
  return `NocoDB does not take them: ${message}`;
};

/** Not the file's own trouble. */
const hopeless: ReadonlySet<number> = new Set([0, 403, 404, 429]);

const tooLarge = (largest: number | undefined): string =>
  `NocoDB takes files of at most ${largest ?? 'an unknown number of'} bytes: set NC_ATTACHMENT_FIELD_SIZE of NocoDB ` +
  'to as many bytes as the largest of them has (and the limit of a proxy before it, such as client_max_body_size of nginx), ' +
  'restart it and restore the attachments again';
