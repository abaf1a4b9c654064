/** How many of the last bytes are kept: what ends a dump or a tar archive has room in them. */
const KEPT = 1024;

/** How much passes by, and how it ends. */
export class RawFigures {
  bytes = 0;
  /** The last bytes, 1024 if there were as many. */
  tail: Uint8Array = Buffer.alloc(0);

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    // Joining copies: whoever reads may use the memory of the chunk again.
    this.tail = Buffer.concat([this.tail, chunk.subarray(-KEPT)]).subarray(-KEPT);
  }
}

/** The chunks, once they are in the figures. */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  figures: RawFigures,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    figures.add(chunk);
    yield chunk;
  }
}
