import { Readable } from 'node:stream';
import { presenceOf } from './file-presence.js';
import { type Job, leave } from './job.js';
import { type Match, matchedFiles } from './matched-files.js';
import type { LackingCell } from './put-back.js';
import type { StoredCell, StoredFile } from './stored-cells.js';
import { type Records, recordsOf, type TargetCell, whatItHolds } from './target-cell.js';

const concurrency = 8;

/** The cells of the target that lack files of the backup. What cannot be put back is left out, what is there is counted. */
export const lackingCells = async (
  job: Job,
  stored: readonly StoredCell[],
): Promise<readonly LackingCell[]> => {
  const cells = stored.flatMap((cell) => placed(job, cell) ?? []);
  const records = await recordsOf(job, cells);
  const compared = Readable.from(cells).map((cell: TargetCell) => comparedCell(job, cell, records), {
    concurrency,
    signal: job.work.signal,
  });
  const all = (await compared.toArray()) as LackingCell[];
  return all.filter(({ files }) => files.some(({ isLacking }) => isLacking));
};

/** Where the cell belongs on the target; undefined when there is no such place. */
const placed = (job: Job, { record, column, entries }: StoredCell): TargetCell | undefined => {
  const files: StoredFile[] = [];
  for (const entry of entries) {
    if ('missing' in entry) leave(job, entry, `NocoDB did not give them to the backup: ${entry.missing}`);
    else files.push(entry);
  }
  const [to, id] = [job.columns.get(column), job.wanted.recordIdOf(record)];
  if (to !== undefined && id !== undefined && job.key !== undefined) return { record: id, column: to, files };
  const reason = to === undefined ? noColumn(job, column) : noRecord(job);
  for (const file of files) leave(job, file, reason);
  return undefined;
};

const noColumn = ({ titles, wanted }: Job, id: string): string =>
  `table "${wanted.stored.entry.title}" on the target has no attachment column "${titles.get(id) ?? id}"`;

const noRecord = ({ key }: Job): string =>
  key === undefined
    ? 'the table on the target has no single key column that tells its records apart'
    : 'their records have no id in the backup, or were not put back';

const comparedCell = async (job: Job, cell: TargetCell, records: Records): Promise<LackingCell> => {
  const before = whatItHolds(cell, records);
  if (typeof before === 'string') {
    for (const file of cell.files) leave(job, file, before);
    return { cell, before: [], files: [] };
  }
  const { target, work } = job;
  const asking = { downloads: target.downloads, base: target.api.base, signal: work.signal };
  const matches = await matchedFiles(cell.files, before, (question) => presenceOf(asking, question));
  return { cell, before, files: matches.map((match) => judged(job, match)) };
};

const judged = (job: Job, { file, entry, presence }: Match) => {
  if (presence.state === 'unclear')
    leave(
      job,
      file,
      `the target names them, and whether they are there is not to be found out: ${presence.reason}`,
    );
  if (presence.state === 'there' || presence.state === 'hidden') job.figures.alreadyThere++;
  if (presence.state === 'hidden') job.warnings.add(hiddenFiles(job));
  return { file, entry, isLacking: presence.state === 'gone' };
};

const hiddenFiles = ({ wanted }: Job): string =>
  `"${wanted.stored.entry.title}" has files whose names begin with a dot: they are there, but NocoDB gives them to nobody, ` +
  'so that their size could not be compared';
