import { createHash } from 'node:crypto';

/** Bytes; PostgreSQL cuts longer names in silence, and two long ones would meet. */
const LONGEST = 63;
const HASH_LENGTH = 8;

/** Whether PostgreSQL would cut the name. */
export const isTooLong = (name: string): boolean => Buffer.byteLength(name) > LONGEST;

/**
 * The name of a database that stands beside `name`: `nocodb_before_2026-02-05_05-15-00`. A long name is cut, and gets a digest of the
 * whole, so that no two databases share one.
 */
export const asideName = (name: string, what: 'before' | 'restore' | 'undone', restoreId: string): string => {
  const suffix = `_${what}_${restoreId}`;
  const room = LONGEST - Buffer.byteLength(suffix);
  if (Buffer.byteLength(name) <= room) return name + suffix;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${cut(name, room - HASH_LENGTH - 1)}~${digest}${suffix}`;
};

/** As many whole characters as fit into the bytes. */
const cut = (text: string, bytes: number): string => {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
};
