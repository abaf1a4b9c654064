import { type Column, LinkOptions, linkReading, type LinkReading, linkTableId } from '@nocodb-backup/nocodb';
import type { StoredLink } from '@nocodb-backup/vault';
import type { PlannedWork, StepOutcome } from '../restoration.js';
import type { Target } from '../target.js';
import type { IdIndex } from './id-index.js';
import { LeftOuts } from './left-outs.js';
import { type LinkIndex, linkIndex } from './link-index.js';
import type { BatchLimit } from './record-target.js';
import type { TablePair } from './table-pair.js';
import { clearedPointers, type Link, type LinkWriting, writtenLinks } from './write-links.js';

/** One side of the links of a column. */
export interface LinkSide {
  /** The ids that are on the target. */
  readonly ids: IdIndex;
  /** Those of them that this restore has put back. */
  readonly restored: IdIndex;
  /** Where a record of the backup is on the target. */
  idOf(stored: unknown): unknown;
}

export interface LinkTask {
  readonly target: Target;
  readonly pair: TablePair;
  readonly columns: readonly Column[];
  readonly limit: BatchLimit;
  /** The table itself, or one that it is linked with, by id: in the backup and on the target. */
  sideOf(stored: string, target: string): Promise<LinkSide>;
}

/** Links the records as they were linked in the backup. Safe to repeat: a link is there or not, and never there twice. */
export const restoreLinks = async (task: LinkTask, work: PlannedWork): Promise<StepOutcome> => {
  const leftOuts = new LeftOuts();
  let links = 0;
  for (const column of task.columns) {
    const run = {
      task,
      work,
      column,
      leftOuts,
      name: `links "${column.title}" of "${task.pair.from.title}"`,
    };
    const place = await placeOf(run);
    if (place === undefined) await leaveOut(run);
    else links += await restoreColumn(run, place, links);
  }
  return { target: task.pair.to.id, counts: { links }, leftOut: leftOuts.list(), warnings: [] };
};

interface Run {
  readonly task: LinkTask;
  readonly work: PlannedWork;
  readonly column: Column;
  readonly leftOuts: LeftOuts;
  readonly name: string;
}

interface Place {
  readonly there: Column;
  readonly options: LinkOptions;
  readonly link: LinkReading;
}

const placeOf = async ({ task, work, column }: Run): Promise<Place | undefined> => {
  const there = task.pair.columns.get(column.id);
  if (there === undefined) return undefined;
  const rows = await task.target.api.table(linkTableId(there, task.pair.to), work.signal);
  const link = linkReading(there, task.pair.to, rows);
  return link && { there, link, options: LinkOptions.parse(there.colOptions) };
};

const leaveOut = async ({ task, work, column, leftOuts, name }: Run): Promise<void> => {
  for await (const link of linksOf(task, column, work.signal))
    leftOuts.add(name, 'the target has no such link column', nameOfLink(link));
};

async function* linksOf({ pair }: LinkTask, { id }: Column, signal: AbortSignal) {
  for await (const link of pair.stored.links(signal)) if (link.column === id) yield link;
}

const nameOfLink = ({ from, to }: Pick<StoredLink, 'from' | 'to'>): string =>
  `${String(from)} -> ${String(to)}`;

const restoreColumn = async (run: Run, place: Place, before: number): Promise<number> => {
  const { task, work, leftOuts, name } = run;
  const sides = await sidesOf(run, place);
  const index = await linkIndex(task.target.api, place.link, work.signal);
  const writing: LinkWriting = {
    ...{ target: task.target, limit: task.limit, signal: work.signal, link: place.link },
    ...{ tableId: task.pair.to.id, columnId: place.there.id, index },
    isJunction: typeof place.options.fk_mm_model_id === 'string',
    wanted: () => wanted({ run, place, sides, index }),
    progress: (links) => {
      work.progress({ links: before + links, linksTotal: task.pair.stored.entry.links });
    },
  };
  const dangling: Link[] = [];
  for await (const { stored, from, to, reason } of unwanted({ run, place, sides, index })) {
    leftOuts.add(name, reason, nameOfLink(stored));
    if (index.has(from, to)) dangling.push({ from, to });
  }
  if (!writing.isJunction) await clearedPointers(writing, dangling);
  const { links, refused } = await writtenLinks(writing);
  for (const { from, to, reason } of refused) leftOuts.add(name, reason, nameOfLink({ from, to }));
  return links;
};

interface Sides {
  readonly from: LinkSide;
  readonly to: LinkSide;
}

const sidesOf = async ({ task, column }: Run, { options }: Place): Promise<Sides> => {
  const { fk_related_model_id: related } = LinkOptions.parse(column.colOptions);
  return {
    from: await task.sideOf(task.pair.from.id, task.pair.to.id),
    to: await task.sideOf(related, options.fk_related_model_id),
  };
};

interface Judging {
  readonly run: Run;
  readonly place: Place;
  readonly sides: Sides;
  readonly index: LinkIndex;
}

async function* judged(judging: Judging) {
  const { run, sides } = judging;
  for await (const stored of linksOf(run.task, run.column, run.work.signal)) {
    const from = sides.from.idOf(stored.from);
    const to = sides.to.idOf(stored.to);
    const isOurs = sides.from.restored.has(from) || sides.to.restored.has(to);
    // Links between records that were there already stay as they are.
    if (isOurs) yield { stored, from, to, reason: obstacle(judging, from, to) };
  }
}

async function* wanted(judging: Judging) {
  for await (const { from, to, reason } of judged(judging)) if (reason === undefined) yield { from, to };
}

async function* unwanted(judging: Judging) {
  for await (const { stored, from, to, reason } of judged(judging))
    if (reason !== undefined) yield { stored, from, to, reason };
}

/** Why the link cannot be put back. */
const obstacle = ({ place, sides, index }: Judging, from: unknown, to: unknown): string | undefined => {
  if (!sides.from.ids.has(from)) return 'the record is not on the target';
  if (!sides.to.ids.has(to)) return 'the linked record is not on the target';
  if (index.size === 0 || index.has(from, to)) return undefined;
  const isTaken =
    (single.from.has(place.options.type) && index.hasFrom(from)) ||
    (single.to.has(place.options.type) && index.hasTo(to));
  return isTaken ? 'the record is linked with another one on the target' : undefined;
};

/** Kinds of links of which a record has one at most. */
const single: Record<'from' | 'to', ReadonlySet<string>> = {
  from: new Set(['bt', 'mo', 'oo']),
  to: new Set(['hm', 'om', 'oo']),
};
