import { setTimeout as sleep } from 'node:timers/promises';
import type { Artifact } from '@nocodb-backup/events';
import { addressesOf, attachmentsIn, DownloadError, isNumeric, type Attachment } from '@nocodb-backup/nocodb';
import type { AttachedFile } from './attached-files.js';
import type { Job } from './job.js';

const tries = 3;

/** The stored file, or the reason why the server does not give it. Throws when it cannot be stored. */
export const fetchFile = async (job: Job, file: AttachedFile): Promise<Artifact | string> => {
  const first = await fromAnyAddress(job, file);
  if (typeof first !== 'string') return first;
  const attachment = await askedAgain(job, file);
  if (attachment === undefined) return first;
  return fromAnyAddress(job, { ...file, attachment });
};

const fromAnyAddress = async (job: Job, file: AttachedFile): Promise<Artifact | string> => {
  const reasons = new Set<string>();
  for (const url of addressesOf(file.attachment, job.api.base)) {
    const result = await fromAddress(job, file, url);
    if (typeof result !== 'string') return result;
    reasons.add(result);
  }
  return reasons.size === 0 ? 'NocoDB names no address for it' : [...reasons].join('; ');
};

const fromAddress = async (job: Job, file: AttachedFile, url: URL): Promise<Artifact | string> => {
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
    return await job.sink.store(path, source.bytes, job.signal);
  } catch (error) {
    job.signal.throwIfAborted();
    const failure = source.failure();
    if (failure === undefined) throw error;
    return failure;
  }
};

const watched = (bytes: AsyncIterable<Uint8Array>) => {
  let failure: DownloadError | undefined;
  const watching = async function* () {
    try {
      yield* bytes;
    } catch (error) {
      if (error instanceof DownloadError) failure = error;
      throw error;
    }
  };
  return { bytes: watching(), failure: () => failure };
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
