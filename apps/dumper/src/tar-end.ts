import type { Packed } from '@nocodb-backup/compression';

const BLOCK = 512;

/** Whether a tar archive of that length, and with these last bytes, is whole: two blocks of zeros end it. */
export const isTarEnd = ({ rawBytes, rawTail }: Pick<Packed, 'rawBytes' | 'rawTail'>): boolean =>
  rawBytes % BLOCK === 0 &&
  rawTail.length >= 2 * BLOCK &&
  rawTail.subarray(-2 * BLOCK).every((byte) => byte === 0);
