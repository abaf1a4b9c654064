type Next = IteratorResult<Uint8Array, unknown>;

/** The chunks of the source; stops waiting for the next one when the signal fires, even if the source never answers. */
export async function* abortable(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextUnlessAborted(iterator, signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would hang here, too.
    iterator.return?.().catch(() => undefined);
  }
}

/** A promise of its own for each chunk: racing against one promise for all of them would keep every chunk in memory. */
const nextUnlessAborted = (
  iterator: AsyncIterator<Uint8Array, unknown>,
  signal: AbortSignal | undefined,
): Promise<Next> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    void iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', abort));
  });
