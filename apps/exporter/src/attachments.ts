import { Readable } from 'node:stream';
import type { Artifact, TableExported } from '@nocodb-backup/events';
import { type AttachedFile, attachedFiles, attachmentColumns, titleOf } from './attached-files.js';
import { fetchFile } from './fetch-file.js';
import { gzippedJson } from './gzip-json.js';
import type { Job } from './job.js';

/** A line of `attachments.json.gz`. `missing`: why the server did not give the file. */
export interface IndexEntry {
  readonly record: unknown;
  readonly column: string;
  /** The file's place in its cell, from 0. */
  readonly index: number;
  readonly title: string;
  readonly mimetype: string | null;
  readonly path?: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly missing?: string;
}

export type AttachmentFigures = TableExported['data']['attachments'];

interface Collected {
  readonly artifacts: Artifact[];
  readonly figures: AttachmentFigures;
}

const concurrency = 8;
/** A fact names every file, about 300 bytes each, and one message of the log holds 1 MB. */
const mostFiles = 2500;

/**
 * All files that the records name, and an index of them. A file that is not to be had is counted, not fatal. A table that
 * changes while it is read is for the next attempt, which begins with an empty folder. `most`: files that are fetched.
 */
export const exportAttachments = async (job: Job, most = mostFiles): Promise<Collected> => {
  const result = collected();
  if (attachmentColumns(job).length === 0) return result;
  const path = `${job.planned.folder}/attachments.json.gz`;
  const index = await job.sink.store(path, gzippedJson(entries(job, result, most)), job.signal);
  result.artifacts.push(index);
  return result;
};

const collected = (): Collected => ({
  artifacts: [],
  figures: { files: 0, bytes: 0, missing: [], missingCount: 0 },
});

async function* entries(job: Job, result: Collected, most: number) {
  let begun = 0;
  const fetching = Readable.from(attachedFiles(job)).map(
    async (file: AttachedFile, options?: { signal?: AbortSignal | undefined }) => {
      if (begun++ >= most) return { file, outcome: tooMany(most) };
      const signal = AbortSignal.any([job.signal, options?.signal].filter((one) => one !== undefined));
      return { file, outcome: await fetchFile({ ...job, signal }, file) };
    },
    { concurrency, signal: job.signal },
  );
  for await (const fetched of fetching as AsyncIterable<Fetched>) {
    count(job, result, fetched);
    yield [indexEntry(fetched)];
  }
}

interface Fetched {
  readonly file: AttachedFile;
  readonly outcome: Artifact | string;
}

const count = (job: Job, { artifacts, figures }: Collected, { file, outcome }: Fetched): void => {
  if (typeof outcome === 'string') {
    const where = `record ${String(file.record)} of "${job.table.title}", "${file.column.title}"`;
    if (figures.missing.length < 100) {
      figures.missing.push(`${titleOf(file.attachment)} (${where}): ${outcome}`.slice(0, 500));
    }
    figures.missingCount++;
    return;
  }
  artifacts.push(outcome);
  figures.files++;
  figures.bytes += outcome.bytes;
  job.progress({ files: figures.files, fileBytes: figures.bytes });
};

/** The records are worth more than a failed table: what is left out makes the backup partial. */
const tooMany = (most: number): string =>
  `the export takes ${most} files of one table at most; the part "files" holds them all`;

const indexEntry = ({ file, outcome }: Fetched): IndexEntry => {
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
