/** How many items come; reads them to their end, one at a time, and keeps none. */
export const lengthOf = async (items: AsyncIterable<unknown>, signal: AbortSignal): Promise<number> => {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let length = 0;
    while (!(await iterator.next()).done) {
      signal.throwIfAborted();
      length++;
    }
    return length;
  } finally {
    await iterator.return?.();
  }
};
