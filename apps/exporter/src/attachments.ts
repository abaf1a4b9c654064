import { Readable } from 'node:stream';
import type { Artifact, TableExported } from '@nocodb-backup/events';
import type { AttachmentEntry } from '@nocodb-backup/backup';
import { type AttachedFile, attachedFiles, attachmentColumns, titleOf } from './attached-files.js';
import { fetchFile } from './fetch-file.js';
import { gzippedJson } from './gzip-json.js';
import type { Job } from './job.js';

export type AttachmentFigures = TableExported['data']['attachments'];

interface Collected {
  readonly artifacts: Artifact[];
  readonly figures: AttachmentFigures;
}

const concurrency = 8;

/**
 * All files that the records name, and an index of them. A file that is not to be had is counted, not fatal. A table that
 * changes while it is read is for the next attempt, which begins with an empty folder.
 */
export const exportAttachments = async (job: Job): Promise<Collected> => {
  const result = collected();
  if (attachmentColumns(job).length === 0) return result;
  const path = `${job.planned.folder}/attachments.json.gz`;
  const index = await job.sink.store(path, gzippedJson(entries(job, result)), job.signal);
  result.artifacts.push(index);
  return { ...result, figures: { ...result.figures, index: path } };
};

const collected = (): Collected => ({
  artifacts: [],
  figures: { index: null, files: 0, bytes: 0, missing: [], missingCount: 0 },
});

async function* entries(job: Job, result: Collected) {
  const fetching = Readable.from(attachedFiles(job)).map(
    async (file: AttachedFile, options?: { signal?: AbortSignal | undefined }) => {
      const signal = AbortSignal.any([job.signal, options?.signal].filter((one) => one !== undefined));
      return { file, outcome: await fetchFile({ ...job, signal }, file) };
    },
    { concurrency, signal: job.signal },
  );
  for await (const fetched of fetching as AsyncIterable<Fetched>) {
    count(job, result.figures, fetched);
    yield [indexEntry(fetched)];
  }
}

interface Fetched {
  readonly file: AttachedFile;
  readonly outcome: Artifact | string;
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
  figures.bytes += outcome.bytes;
  job.progress({ files: figures.files, fileBytes: figures.bytes });
};

const indexEntry = ({ file, outcome }: Fetched): AttachmentEntry => {
  const { record, index, attachment } = file;
  const about = {
    record: record ?? null,
    column: file.column.id,
    index,
    title: titleOf(attachment),
    mimetype: attachment.mimetype ?? null,
  };
  return typeof outcome === 'string' ? { ...about, missing: outcome } : { ...about, ...outcome };
};
