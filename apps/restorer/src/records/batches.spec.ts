import { describe, expect, it } from '@jest/globals';
import { batches, concurrently } from './batches.js';

async function* listed<T>(items: readonly T[]) {
  for (const item of items) yield await Promise.resolve(item);
}

describe('batches', () => {
  it('hold as many items as are allowed now, and at least one', async () => {
    const sizes = [3, 1, 9];
    const limits = { size: () => sizes[0] ?? 0, weight: 1000 };
    const lengths = [];
    for await (const batch of batches(listed([1, 2, 3, 4, 5, 6]), limits)) {
      lengths.push(batch.length);
      sizes.shift();
    }
    expect(lengths).toEqual([3, 1, 2]);
  });

  it('stay light, however heavy one item is', async () => {
    const found = await Array.fromAsync(
      batches(listed(['aaaa', 'b', 'c', 'dddddddd']), { size: () => 9, weight: 6 }),
    );
    expect(found).toEqual([['aaaa'], ['b', 'c'], ['dddddddd']]);
  });
});

describe('work on several things at a time', () => {
  it('is never on more of them than allowed', async () => {
    let [now, most] = [0, 0];
    await concurrently(listed([1, 2, 3, 4, 5, 6, 7]), 3, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    });
    expect([now, most]).toEqual([0, 3]);
  });

  it('begins nothing after a failure, waits for what runs, and throws it', async () => {
    const ended: number[] = [];
    const work = concurrently(listed([1, 2, 3, 4, 5, 6]), 2, async (item) => {
      if (item === 1) throw new Error('one');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    });
    await expect(work).rejects.toThrow('one');
    expect(ended.length).toBeLessThan(3);
  });
});
