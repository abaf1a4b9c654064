/** The items in groups of at most `size()` items and about `weight` characters of JSON. */
export async function* batches<T>(
  items: AsyncIterable<T>,
  { size, weight }: { readonly size: () => number; readonly weight: number },
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  let heavy = 0;
  for await (const item of items) {
    const characters = JSON.stringify(item).length;
    if (batch.length > 0 && (batch.length >= size() || heavy + characters > weight)) {
      yield batch;
      [batch, heavy] = [[], 0];
    }
    batch.push(item);
    heavy += characters;
  }
  if (batch.length > 0) yield batch;
}

/** Does the work for all items, several at a time. After a failure nothing further is begun, and it is thrown once all have ended. */
export const concurrently = async <T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const begin = (item: T) => {
    const done = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(done));
    running.add(done);
  };
  try {
    for await (const item of items) {
      begin(item);
      if (running.size >= most) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(running);
  }
  if (failures.length > 0) throw failures[0];
};
