import { setTimeout as pause } from 'node:timers/promises';

interface Batching {
  /** The most of one batch. */
  readonly size: number;
  /** How long a batch waits for one more, in milliseconds. */
  readonly lingerMs: number;
  /** After so long without anything comes an empty batch. */
  readonly idleMs: number;
}

/** Yields what comes in batches, and an empty one from time to time when nothing comes. The source must end by itself when it is to end. */
export const batched = async function* <T>(
  source: AsyncIterable<T>,
  { size, lingerMs, idleMs }: Batching,
): AsyncGenerator<T[], void> {
  const items = source[Symbol.asyncIterator]();
  const next = () => {
    const result = items.next();
    result.catch(() => undefined);
    return result;
  };
  let coming = next();
  for (;;) {
    const batch: T[] = [];
    let item = await within(idleMs, coming);
    while (item && !item.done) {
      batch.push(item.value);
      coming = next();
      if (batch.length >= size) break;
      item = await within(lingerMs, coming);
    }
    if (item?.done) {
      if (batch.length > 0) yield batch;
      return;
    }
    yield batch;
  }
};

const within = async <T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> => {
  const limit = new AbortController();
  try {
    return await Promise.race([work, pause(milliseconds, undefined, { signal: limit.signal })]);
  } finally {
    limit.abort();
  }
};

/** Yields a finite source in chunks, without waiting. */
export const chunked = async function* <T>(
  source: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  for await (const item of source) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
};
