import type { PartMemory } from './part-memory.js';

/** A part of a stream, in memory that whoever gets it gives back. */
export interface FilledPart {
  readonly bytes: Buffer;
  /** What is to be given back. */
  readonly block: Buffer;
  /** From 0. */
  readonly index: number;
}

export interface Filling {
  /** Bytes of a part; the last one is shorter, or as long, and empty only if the stream is. */
  readonly size: number;
  readonly memory: PartMemory;
  readonly signal: AbortSignal;
}

/** Cuts a stream into parts of one size; while there is no memory for the next one, nothing is read. */
export async function* filledParts(
  source: AsyncIterable<Uint8Array>,
  { size, memory, signal }: Filling,
): AsyncGenerator<FilledPart> {
  let block: Buffer | undefined;
  let filled = 0;
  let index = 0;
  try {
    for await (const slice of slices(source, () => (filled === size ? size : size - filled))) {
      // What is exactly one part may be the last one, so it waits for more.
      if (block && filled === size) {
        const part = { bytes: block.subarray(0, size), block, index: index++ };
        block = undefined;
        yield part;
      }
      if (!block) [block, filled] = [await memory.take(size, signal), 0];
      block.set(slice, filled);
      filled += slice.length;
    }
    const part = { bytes: block?.subarray(0, filled) ?? nothing, block: block ?? nothing, index };
    block = undefined;
    yield part;
  } finally {
    if (block) memory.give(block);
  }
}

const nothing = Buffer.alloc(0);

/** The bytes of a stream, never more at once than there is room for. */
async function* slices(source: AsyncIterable<Uint8Array>, room: () => number): AsyncGenerator<Uint8Array> {
  for await (const chunk of source)
    for (let rest = chunk; rest.length > 0;) {
      const slice = rest.subarray(0, room());
      rest = rest.subarray(slice.length);
      yield slice;
    }
}

/** Does the work with a part, and gives its memory back. */
export const spending = async (
  { block }: FilledPart,
  memory: PartMemory,
  work: () => Promise<unknown>,
): Promise<void> => {
  try {
    await work();
  } catch (error) {
    memory.drop(block);
    throw error;
  }
  memory.give(block);
};
