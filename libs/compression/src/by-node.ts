import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Packed } from './packed.js';
import { counted, RawFigures } from './raw-figures.js';

const BLOCK = 1024 * 1024;
/** Level 1 is 10 % larger than `gzip -6`, for a third of its time. */
const OPTIONS = { level: 1 };

/**
 * Packs without a program: each MiB becomes a gzip member of its own, on the threads of Node.js, a few at a time. Members behind one another
 * are a gzip file like any other.
 */
export const packedHere = (source: AsyncIterable<Uint8Array>, signal: AbortSignal): Packed => {
  const figures = new RawFigures();
  return {
    content: membersOf(blocksOf(counted(source, figures), BLOCK), signal),
    get rawBytes() {
      return figures.bytes;
    },
    get rawTail() {
      return figures.tail;
    },
  };
};

async function* membersOf(
  blocks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const most = Math.max(2, Math.min(4, availableParallelism()));
  const inFlight: Promise<Uint8Array>[] = [];
  for await (const block of blocks) {
    signal.throwIfAborted();
    const member = promisify(gzip)(block, OPTIONS);
    // Who waits for an earlier one hears of it later.
    member.catch(() => undefined);
    inFlight.push(member);
    const first = inFlight.length < most ? undefined : await inFlight.shift();
    if (first) yield first;
  }
  for (const member of inFlight) yield await member;
  signal.throwIfAborted();
}

/** Blocks of one size; the last one is shorter, and empty only if the source is. */
async function* blocksOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafe(size);
  let length = 0;
  let isEmpty = true;
  for await (const chunk of source)
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - length);
      block.set(part, length);
      length += part.length;
      at += part.length;
      if (length < size) continue;
      yield block;
      isEmpty = false;
      block = Buffer.allocUnsafe(size);
      length = 0;
    }
  if (length > 0 || isEmpty) yield block.subarray(0, length);
}
