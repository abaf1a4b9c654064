import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filledParts } from './filled-parts.js';
import { PartMemory } from './part-memory.js';
import { partBytesFor } from './upload-object.js';

const MIB = 1024 * 1024;
const { signal } = new AbortController();
async function* streamed(chunks: readonly Uint8Array[]) {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
const isDone = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

describe('the memory of parts', () => {
  it('is given to whoever asked first, and no more of it than there is', async () => {
    const memory = new PartMemory(2 * MIB, 4 * MIB);
    const [first] = [await memory.take(2 * MIB, signal), await memory.take(2 * MIB, signal)];
    const third = memory.take(2 * MIB, signal);
    const small = memory.take(10, signal);
    expect([await isDone(third), await isDone(small)]).toEqual([false, false]);
    memory.give(first);
    expect(await third).toBe(first);
    expect(await isDone(small)).toBe(false);
    memory.drop(first);
    expect(await small).toHaveLength(10);
  });

  it('gives a part alone that is larger than all of it', async () => {
    const memory = new PartMemory(2 * MIB, 4 * MIB);
    const huge = await memory.take(9 * MIB, signal);
    const next = memory.take(1, signal);
    expect(await isDone(next)).toBe(false);
    memory.give(huge);
    expect(await next).toHaveLength(1);
  });

  it('keeps nobody waiting who has given up, nor those behind', async () => {
    const memory = new PartMemory(2 * MIB, 2 * MIB);
    const held = await memory.take(2 * MIB, signal);
    const ending = new AbortController();
    const impatient = memory.take(2 * MIB, ending.signal);
    const patient = memory.take(2 * MIB, signal);
    ending.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    memory.drop(held);
    expect(await patient).toHaveLength(2 * MIB);
  });

  it('is enough for any number of streams at once, whose bytes come out as they went in', async () => {
    const streams = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(streams, fc.integer({ min: 1, max: 30 }), async (all, size) => {
        const memory = new PartMemory(size, 2 * size);
        const filling = { size, memory, signal };
        const readAll = async (chunks: Uint8Array[]) => {
          const lengths: number[] = [];
          const read: Uint8Array[] = [];
          for await (const { bytes, block, index } of filledParts(streamed(chunks), filling)) {
            expect(index).toBe(lengths.length);
            lengths.push(bytes.length);
            read.push(Uint8Array.from(bytes));
            memory.give(block);
          }
          expect(lengths.slice(0, -1).every((length) => length === size)).toBe(true);
          return Buffer.concat(read).equals(Buffer.concat(chunks));
        };
        expect(await Promise.all(all.map(readAll))).toEqual(all.map(() => true));
      }),
    );
  });
});

describe('the size of a part', () => {
  it('is what is wanted, or as large as 10,000 parts of the largest object must be', () => {
    const bytes = fc.integer({ min: 0, max: 5 * 1024 ** 4 });
    const wanted = fc.integer({ min: 5, max: 1024 }).map((mebi) => mebi * MIB);
    fc.assert(
      fc.property(bytes, wanted, (size, least) => {
        const part = partBytesFor(size, least);
        expect(Math.ceil(size / part)).toBeLessThanOrEqual(10_000);
        expect(part).toBeGreaterThanOrEqual(least);
        if (part > least) expect(Math.ceil(size / (part - MIB))).toBeGreaterThan(10_000);
      }),
    );
  });
});
