import { type LinkReading, NocoDbError, UncertainError } from '@nocodb-backup/nocodb';
import type { Target } from '../target.js';
import { batches, concurrently } from './batches.js';
import { type LinkIndex, linkIndex } from './link-index.js';
import { narrowed, recordsAtOnce } from './narrowed.js';
import type { BatchLimit } from './record-target.js';

/** A link between records of the target. */
export interface Link {
  readonly from: unknown;
  readonly to: unknown;
}

export interface LinkWriting {
  readonly target: Target;
  readonly limit: BatchLimit;
  readonly signal: AbortSignal;
  readonly tableId: string;
  readonly columnId: string;
  readonly link: LinkReading;
  readonly isJunction: boolean;
  /** What is there before anything is written. */
  readonly index: LinkIndex;
  /** The links that shall be there, those that are there included. */
  readonly wanted: () => AsyncIterable<Link>;
  readonly progress: (links: number) => void;
}

export interface WrittenLinks {
  /** How many of the wanted ones are there. */
  readonly links: number;
  readonly refused: readonly (Link & { readonly reason: string })[];
}

const weight = 1024 * 1024;
const atOnce = 4;
const childrenAtOnce = 1000;

/** Writes the links that are not there, and looks whether they are there now. */
export const writtenLinks = async (writing: LinkWriting): Promise<WrittenLinks> => {
  const errors = new Map<string, string>();
  let index = await afterwards(writing, { index: writing.index, errors });
  if (writing.isJunction && (await isMissing(writing, index)))
    index = await afterwards(writing, { index, errors });
  if (writing.isJunction && (await isMissing(writing, index))) {
    await linkedOneByOne(writing, index, errors);
    index = await linkIndex(writing.target.api, writing.link, writing.signal);
  }
  const refused: WrittenLinks['refused'][number][] = [];
  let links = 0;
  for await (const link of writing.wanted()) {
    if (index.has(link.from, link.to)) links++;
    else refused.push({ ...link, reason: errors.get(keyOf(link)) ?? 'NocoDB did not keep the link' });
  }
  return { links, refused };
};

const afterwards = async (writing: LinkWriting, known: Known): Promise<LinkIndex> => {
  await written(writing, known);
  return linkIndex(writing.target.api, writing.link, writing.signal);
};

const keyOf = ({ from, to }: Link): string => JSON.stringify([from, to]);

const isMissing = async ({ wanted }: LinkWriting, index: LinkIndex): Promise<boolean> => {
  for await (const { from, to } of wanted()) if (!index.has(from, to)) return true;
  return false;
};

interface Known {
  readonly index: LinkIndex;
  readonly errors: Map<string, string>;
}

/** Many at once: foreign keys into the records that hold them, or rows into the junction table. */
const written = async (writing: LinkWriting, { index, errors }: Known): Promise<void> => {
  const { limit, signal, progress } = writing;
  let done = 0;
  const limits = { size: () => limit.size, weight };
  await concurrently(batches(missing(writing, index), limits), atOnce, async (batch) => {
    const send = (links: readonly Link[]) => sent(writing, links);
    if (writing.isJunction) await send(batch);
    else
      for (const { item, error } of await narrowed(batch, { send, signal }))
        errors.set(keyOf(item), error.message);
    done += batch.length;
    progress(done);
  });
};

async function* missing({ wanted }: LinkWriting, index: LinkIndex) {
  for await (const link of wanted()) if (!index.has(link.from, link.to)) yield link;
}

/**
 * NocoDB 0.301 answers HTTP 500 to several rows of a junction table that it has inserted, and refuses all of them where one is
 * there already: which of them are there now is read afterwards, whatever it answered.
 */
const isAnswered = (error: NocoDbError): boolean => error instanceof UncertainError || error.status > 0;

const sent = async (writing: LinkWriting, links: readonly Link[]): Promise<void> => {
  const { target, link, limit, signal, isJunction } = writing;
  const rows = links.map(({ from, to }) => ({ [link.from.id]: from, [link.to.id]: to }));
  try {
    if (isJunction) await target.records.insert(link.reading.tableId, rows, signal);
    else await target.records.update(link.reading.tableId, rows, signal);
  } catch (error) {
    const most = error instanceof NocoDbError ? recordsAtOnce(error, rows.length) : undefined;
    if (isJunction && most === undefined && error instanceof NocoDbError && isAnswered(error)) return;
    if (most === undefined) throw error;
    limit.size = Math.min(limit.size, most);
    for (let at = 0; at < links.length; at += most) await sent(writing, links.slice(at, at + most));
  }
};

/** The slow way that people's clicks take, record by record. */
const linkedOneByOne = async (
  writing: LinkWriting,
  index: LinkIndex,
  errors: Map<string, string>,
): Promise<void> => {
  const { target, tableId, columnId, signal } = writing;
  for await (const group of groups(missing(writing, index))) {
    const place = { tableId, columnId, recordId: String(group[0]?.from) };
    const send = (links: readonly Link[]) =>
      target.records.link(
        place,
        links.map(({ to }) => to),
        signal,
      );
    const refused = await narrowed(group, { send, signal });
    for (const { item, error } of refused) errors.set(keyOf(item), error.message);
  }
};

/** Foreign keys to records that could not be put back must not point to whatever gets that id one day. */
export const clearedPointers = async (
  { target, link, limit, signal }: LinkWriting,
  links: readonly Link[],
): Promise<void> => {
  const [key, pointer] = link.reading.fields;
  if (key === undefined || pointer === undefined) return;
  const size = Math.min(limit.size, 100);
  for (let at = 0; at < links.length; at += size) {
    const rows = links.slice(at, at + size).map(({ from, to }) => ({
      [key.id]: key.id === link.from.id ? from : to,
      [pointer.id]: null,
    }));
    // A record that is not there has no pointer either.
    await narrowed(rows, {
      send: (some) => target.records.update(link.reading.tableId, some, signal),
      signal,
    });
  }
};

/** Links of one record that follow each other. */
async function* groups(links: AsyncIterable<Link>): AsyncGenerator<readonly Link[]> {
  let group: Link[] = [];
  for await (const link of links) {
    if (group.length > 0 && (group[0]?.from !== link.from || group.length >= childrenAtOnce)) {
      yield group;
      group = [];
    }
    group.push(link);
  }
  if (group.length > 0) yield group;
}
