import { Readable } from 'node:stream';
import type { Artifact, TableExported } from '@nocodb-backup/events';
import { type ListedFile, storedLists } from './attachment-lists.js';
import { type AttachedFile, attachedFiles, attachmentColumns, titleOf } from './attached-files.js';
import { type FetchedFile, fetchFile } from './fetch-file.js';
import type { Job } from './job.js';

export type AttachmentFigures = TableExported['data']['attachments'];

interface Collected {
  readonly artifacts: readonly Artifact[];
  readonly figures: AttachmentFigures;
}

const concurrency = 8;

/**
 * All files that the records name, and an index of them. A file that is not to be had is counted, not fatal. A table that
 * changes while it is read is for the next attempt, which begins with an empty folder.
 */
export const exportAttachments = async (job: Job): Promise<Collected> => {
  const figures: AttachmentFigures = { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 };
  if (attachmentColumns(job).length === 0) return { artifacts: [], figures };
  const { artifacts, index } = await storedLists(job, listedFiles(job, figures));
  return { artifacts, figures: { ...figures, index } };
};

async function* listedFiles(job: Job, figures: AttachmentFigures): AsyncGenerator<ListedFile> {
  const fetching = Readable.from(attachedFiles(job)).map(
    async (file: AttachedFile, options?: { signal?: AbortSignal | undefined }) => {
      const signal = AbortSignal.any([job.signal, options?.signal].filter((one) => one !== undefined));
      return { file, outcome: await fetchFile({ ...job, signal }, file) };
    },
    { concurrency, signal: job.signal },
  );
  for await (const fetched of fetching as AsyncIterable<Fetched>) {
    count(job, figures, fetched);
    yield listed(fetched);
  }
}

interface Fetched {
  readonly file: AttachedFile;
  readonly outcome: FetchedFile | string;
}

const count = (job: Job, figures: AttachmentFigures, { file, outcome }: Fetched): void => {
  if (typeof outcome === 'string') {
    const where = `record ${String(file.record)} of "${job.table.title}", "${file.column.title}"`;
    if (figures.missing.length < 100) {
      figures.missing.push(`${titleOf(file.attachment)} (${where}): ${outcome}`.slice(0, 500));
    }
    figures.missingCount++;
    return;
  }
  figures.files++;
  figures.bytes += outcome.plain.bytes;
  job.progress({ files: figures.files, fileBytes: figures.bytes });
};

const listed = ({ file, outcome }: Fetched): ListedFile => {
  const { record, index, attachment } = file;
  const about = {
    record: record ?? null,
    column: file.column.id,
    index,
    title: titleOf(attachment),
    mimetype: attachment.mimetype ?? null,
  };
  if (typeof outcome === 'string') return { entry: { ...about, missing: outcome }, stored: undefined };
  return { entry: { ...about, ...outcome.plain }, stored: outcome.stored };
};
