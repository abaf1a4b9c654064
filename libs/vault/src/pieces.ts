/** A piece of a stream, and whether it is the last one. */
export interface Piece {
  readonly bytes: Buffer;
  /** From 0. */
  readonly index: number;
  readonly isLast: boolean;
}

/** Cuts a stream into pieces of one size; the last one is shorter, or as long, and empty only if the stream is. */
export async function* pieces(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Piece> {
  let held: Uint8Array[] = [];
  let length = 0;
  let index = 0;
  for await (const chunk of source) {
    held.push(chunk);
    length += chunk.length;
    if (length <= size) continue;
    const all = Buffer.concat(held);
    let start = 0;
    // What is exactly one piece may be the last one, so it waits for more.
    for (; all.length - start > size; start += size)
      yield { bytes: all.subarray(start, start + size), index: index++, isLast: false };
    held = [all.subarray(start)];
    length = all.length - start;
  }
  yield { bytes: Buffer.concat(held), index, isLast: true };
}
