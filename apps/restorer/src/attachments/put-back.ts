import { Readable } from 'node:stream';
import type { Attachment } from '@nocodb-backup/nocodb';
import { type Job, leave, tellProgress } from './job.js';
import { linkFiles, type MendedCell } from './link-files.js';
import type { Decision } from './mended-cell.js';
import type { TargetCell } from './target-cell.js';
import { uploadedFile } from './upload-file.js';

/** A cell that lacks files: what it held when that was found out, and which entry stands for which file. */
export interface LackingCell {
  readonly cell: TargetCell;
  readonly before: readonly Attachment[];
  readonly files: readonly (Omit<Decision, 'fresh'> & { readonly isLacking: boolean })[];
}

const concurrency = 4;
const mostFiles = 16;
const mostBytes = 64 * 1024 * 1024;

/**
 * Uploads what the cells lack and links it, a few cells at a time: what is uploaded when this program is killed is named by no
 * record, and the next attempt uploads it once more.
 */
export const putBack = async (job: Job, cells: readonly LackingCell[]): Promise<void> => {
  for (const group of groupsOf(cells)) {
    await linkFiles(job, await uploaded(job, group));
    tellProgress(job);
  }
};

const groupsOf = (cells: readonly LackingCell[]): readonly LackingCell[][] => {
  const groups: LackingCell[][] = [];
  let [files, bytes] = [Infinity, 0];
  for (const cell of cells) {
    const lacking = cell.files.filter(({ isLacking }) => isLacking);
    const size = lacking.reduce((sum, { file }) => sum + file.bytes, 0);
    if (files + lacking.length > mostFiles || bytes + size > mostBytes) {
      groups.push([]);
      [files, bytes] = [0, 0];
    }
    groups.at(-1)?.push(cell);
    [files, bytes] = [files + lacking.length, bytes + size];
  }
  return groups;
};

type Uploaded = readonly [decision: object, result: Attachment | string];

const uploaded = async (job: Job, group: readonly LackingCell[]): Promise<readonly MendedCell[]> => {
  const lacking = group.flatMap(({ cell, files }) =>
    files.filter(({ isLacking }) => isLacking).map((decision) => ({ cell, decision })),
  );
  const { signal } = job.work;
  const stored = await Readable.from(lacking)
    .map(
      async (
        { cell, decision }: (typeof lacking)[number],
        options?: { signal?: AbortSignal | undefined },
      ) => {
        const either = AbortSignal.any([signal, options?.signal].filter((one) => one !== undefined));
        return [decision, await uploadedFile(job, cell, decision.file, either)] as const;
      },
      { concurrency, signal },
    )
    .toArray();
  const results = new Map(stored as Uploaded[]);
  return group.map(({ files, ...rest }) => ({
    ...rest,
    decisions: files.map((decision) => ({
      ...decision,
      fresh: freshOf(job, decision, results.get(decision)),
    })),
  }));
};

const freshOf = (job: Job, { file }: Pick<Decision, 'file'>, result: Attachment | string | undefined) => {
  if (typeof result !== 'string') return result;
  leave(job, file, result);
  return undefined;
};
