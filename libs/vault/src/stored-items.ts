import { unreadable } from './damaged.js';
import { jsonLines } from './json-lines.js';
import type { Shelf } from './shelf.js';

/** The items of a stored array, each checked by `read`; none without a path. Throws PermanentError for damaged bytes. */
export async function* storedItems<Item>(
  { vault, backupId }: Shelf,
  path: string | undefined,
  { read, signal }: { readonly read: (item: unknown) => Item; readonly signal: AbortSignal },
): AsyncGenerator<Item> {
  if (path === undefined) return;
  signal.throwIfAborted();
  try {
    for await (const item of jsonLines(await vault.open(backupId, path), signal)) {
      signal.throwIfAborted();
      yield read(item);
    }
  } catch (error) {
    throw unreadable(error, backupId, path);
  }
}
