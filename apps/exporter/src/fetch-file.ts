import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifact } from '@nocodb-backup/events';
import { addressesOf, attachmentsIn, DownloadError, isNumeric, type Attachment } from '@nocodb-backup/nocodb';
import type { AttachedFile } from './attached-files.js';
import type { Job } from './job.js';

const tries = 3;

/** A file that was fetched: as it lies in the backup, and as it is, which is not the same where it is encrypted. */
export interface FetchedFile {
  readonly stored: Artifact;
  readonly plain: Artifact;
}

/** The stored file, or the reason why the server does not give it. Throws when it cannot be stored. */
export const fetchFile = async (job: Job, file: AttachedFile): Promise<FetchedFile | string> => {
  const first = await fromAnyAddress(job, file);
  if (typeof first !== 'string') return first;
  const attachment = await askedAgain(job, file);
  if (attachment === undefined) return first;
  return fromAnyAddress(job, { ...file, attachment });
};

const fromAnyAddress = async (job: Job, file: AttachedFile): Promise<FetchedFile | string> => {
  const reasons = new Set<string>();
  for (const url of addressesOf(file.attachment, job.api.base)) {
    const result = await fromAddress(job, file, url);
    if (typeof result !== 'string') return result;
    reasons.add(result);
  }
  return reasons.size === 0 ? 'NocoDB names no address for it' : [...reasons].join('; ');
};

const fromAddress = async (job: Job, file: AttachedFile, url: URL): Promise<FetchedFile | string> => {
  for (let attempt = 1; ; attempt++) {
    const result = await once(job, file, url);
    if (!(result instanceof DownloadError)) return result;
    if (!result.transient || attempt === tries) return result.message;
    await sleep(200 * 2 ** attempt, undefined, { signal: job.signal });
  }
};

/** A source that fails is the file's own trouble; a vault that cannot store fails the table. */
const once = async (job: Job, { attachment, path }: AttachedFile, url: URL) => {
  const source = watched(
    job.downloads.bytes(url, { bytes: attachment.size ?? undefined, signal: job.signal }),
  );
  try {
    const stored = await job.sink.store(path, source.bytes, job.signal);
    return { stored, plain: { path, ...source.digest() } };
  } catch (error) {
    job.signal.throwIfAborted();
    const failure = source.failure();
    if (failure === undefined) throw error;
    return failure;
  }
};

const watched = (bytes: AsyncIterable<Uint8Array>) => {
  let failure: DownloadError | undefined;
  const hash = createHash('sha256');
  let length = 0;
  const watching = async function* () {
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        length += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (error instanceof DownloadError) failure = error;
      throw error;
    }
  };
  const digest = () => ({ bytes: length, sha256: hash.digest('hex') });
  return { bytes: watching(), failure: () => failure, digest };
};

/** A signed path dies with the server that gave it: asks for the record once more. */
const askedAgain = async (job: Job, file: AttachedFile): Promise<Attachment | undefined> => {
  const { attachment, column, record } = file;
  const { key } = job.columns;
  if (!attachment.signedPath || key === undefined || !isNumeric(key)) return undefined;
  const query = { fields: column.id, where: `(${key.id},eq,${String(record)})`, limit: 1 };
  const [row] = (await job.api.records(job.table.id, query, job.signal)).list;
  const now = attachmentsIn(row?.[column.title])[file.index];
  return now?.path === attachment.path ? now : undefined;
};
