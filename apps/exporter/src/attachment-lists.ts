import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { AttachmentEntry } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';
import type { Secrecy } from '@nocodb-backup/vault';
import { gzippedJson } from './gzip-json.js';
import type { Job } from './job.js';

/** A line of the list of attached files, and the file as it is stored; undefined when it is missing. */
export interface ListedFile {
  readonly entry: AttachmentEntry;
  readonly stored: Artifact | undefined;
}

export interface StoredLists {
  readonly artifacts: readonly Artifact[];
  /** The one that names the stored files to those who have no key. */
  readonly index: string;
}

type Storing = Pick<Job, 'sink' | 'planned' | 'signal'>;

/** Stores the list of attached files; where it is encrypted also one of the stored files that tells nothing else. */
export const storedLists = async (job: Storing, files: AsyncIterable<ListedFile>): Promise<StoredLists> => {
  const { secrecy } = job.sink;
  if (secrecy) return storedTwice(job, secrecy, files);
  const artifact = await storedList(job, entriesOf(files));
  return { artifacts: [artifact], index: artifact.path };
};

const storedList = (job: Storing, batches: AsyncIterable<readonly AttachmentEntry[]>): Promise<Artifact> =>
  job.sink.store(`${job.planned.folder}/attachments.json.gz`, gzippedJson(batches), job.signal);

async function* entriesOf(files: AsyncIterable<ListedFile>) {
  for await (const { entry } of files) yield [entry];
}

/** Both at once, as the files are fetched once; when one cannot be stored, the other is stopped and waited for. */
const storedTwice = async (
  job: Storing,
  secrecy: Secrecy,
  files: AsyncIterable<ListedFile>,
): Promise<StoredLists> => {
  const passed = new PassThrough({ objectMode: true });
  const failed = new AbortController();
  const signal = AbortSignal.any([job.signal, failed.signal]);
  const stop = (error: unknown): never => {
    failed.abort(error);
    passed.destroy(error as Error);
    throw error;
  };
  passed.on('error', () => undefined);
  const path = `${job.planned.folder}/stored-files.json.gz`;
  const storing = [
    storedList(job, toldTo(passed, files, signal)).catch(stop),
    secrecy.storePlain(path, gzippedJson(passed as AsyncIterable<AttachmentEntry[]>), signal).catch(stop),
  ];
  await Promise.allSettled(storing);
  return { artifacts: await Promise.all(storing), index: path };
};

/** The lines of the list; `passed` gets those of the stored files, and no more than it takes. */
async function* toldTo(passed: PassThrough, files: AsyncIterable<ListedFile>, signal: AbortSignal) {
  for await (const { entry, stored } of files) {
    yield [entry];
    signal.throwIfAborted();
    if (stored && !passed.write([untitled(entry, stored)])) await once(passed, 'drain', { signal });
  }
  passed.end();
}

const untitled = ({ column, index }: AttachmentEntry, stored: Artifact): AttachmentEntry => ({
  record: null,
  column,
  index,
  title: '',
  mimetype: null,
  ...stored,
});
