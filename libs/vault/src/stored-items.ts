import { z } from 'zod';
import { abortable } from './abortable.js';
import { unreadable } from './damaged.js';
import { jsonItems } from './json-items.js';
import { jsonLines } from './json-lines.js';
import type { Shelf } from './shelf.js';
import type { StoredRow } from './stored-backup.js';

/**
 * The items of a stored array, packed or plain, each checked by `read`; none without a path. Throws PermanentError for
 * damaged bytes.
 */
export async function* storedItems<Item>(
  { vault, backupId }: Shelf,
  path: string | undefined,
  { read, signal }: { readonly read: (item: unknown) => Item; readonly signal: AbortSignal },
): AsyncGenerator<Item> {
  if (path === undefined) return;
  signal.throwIfAborted();
  try {
    const stream = await vault.open(backupId, path);
    const items = path.endsWith('.gz') ? jsonLines(stream, signal) : jsonItems(abortable(stream, signal));
    for await (const item of items) {
      signal.throwIfAborted();
      yield read(item);
    }
  } catch (error) {
    throw unreadable(error, backupId, path);
  }
}

const Row = z.custom<StoredRow>(
  (item) => typeof item === 'object' && item !== null && !Array.isArray(item),
  'a record must be an object',
);

/** A record as it was stored: checked, never copied, as a column may have the title `__proto__`. */
export const storedRow = (item: unknown): StoredRow => Row.parse(item);
