/** The chunks of the source; stops waiting for the next one when the signal fires, even if the source never answers. */
export async function* abortable(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  using aborted = abortOf(signal);
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs would hang here, too.
    iterator.return?.().catch(() => undefined);
  }
}

const abortOf = (signal: AbortSignal | undefined): Disposable & { readonly promise: Promise<never> } => {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const abort = () => {
    reject(signal?.reason as Error);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return { promise, [Symbol.dispose]: () => signal?.removeEventListener('abort', abort) };
};
