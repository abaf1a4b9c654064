import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@nocodb-backup/messaging';
import { withUnread } from './unread.js';

const event = (sequence: number) => ({ type: 'DumpFailed', sequence, time: new Date(sequence) }) as Recorded;
const reading = async (sequences: number[], from: number) => {
  const all = [];
  for await (const { sequence, type, ...rest } of withUnread(logOf(sequences), from))
    all.push(type === null && 'lastSequence' in rest ? `${sequence}-${rest.lastSequence}` : sequence);
  return all;
};
async function* logOf(sequences: number[]) {
  await Promise.resolve();
  for (const sequence of sequences) yield event(sequence);
}

describe('a reading of the whole log', () => {
  it('shows where there is what this version cannot read', async () => {
    expect(await reading([2, 3, 7], 1)).toEqual(['1-1', 2, 3, '4-6', 7]);
  });

  it('begins where it was asked to', async () => {
    expect(await reading([5, 6], 5)).toEqual([5, 6]);
  });
});
