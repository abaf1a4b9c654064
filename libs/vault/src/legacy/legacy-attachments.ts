import type { AttachmentEntry } from '@nocodb-backup/backup';
import type { Shelf } from '../shelf.js';
import { storedItems, storedRow } from '../stored-items.js';
import { type CellEntry, cellEntries } from './cell-entries.js';
import type { FoundTable } from './found-table.js';
import { legacyName } from './legacy-manifest.js';
import { attachmentColumns, keyTitle, type LegacySchema } from './legacy-schema.js';

interface Reading {
  readonly shelf: Shelf;
  readonly table: FoundTable;
  readonly schema: LegacySchema;
  readonly signal: AbortSignal;
}

/**
 * Which stored file belongs to which record: the Python tool kept no list, so the records' own cells tell it, by name. Where
 * it wrote several files under one name, only the last one is there; the others are missing rather than mistaken. The
 * digests are those of today.
 */
export async function* legacyAttachments(reading: Reading): AsyncGenerator<AttachmentEntry> {
  const { shelf, table, schema, signal } = reading;
  if (table.paths.attachments === undefined) return;
  const files = await filesOf(shelf, table.paths.attachments);
  const uses = await usesOfNames(reading);
  const key = keyTitle(schema);
  const occurrences = new Map<string, number>();
  for await (const { row, entry } of entriesOf(reading)) {
    const use = uses.get(nameKey(entry)) ?? { count: 1, address: entry.address };
    const nth = (occurrences.get(nameKey(entry)) ?? 0) + 1;
    occurrences.set(nameKey(entry), nth);
    const found = fileOf(entry, { files, nth, use, isShared: table.isShared });
    const place = placeOf(entry, key === undefined ? null : row[key]);
    if ('missing' in found) yield { ...place, ...found };
    else yield { ...place, ...(await shelf.vault.digest(shelf.backupId, found.path, signal)) };
  }
}

/** How often a name was used, and for which file last. */
interface Use {
  readonly count: number;
  readonly address: string;
}

interface Stored {
  /** Bytes by path, and the folder of the field among them. */
  readonly files: ReadonlyMap<string, { readonly path: string; readonly bytes: number }>;
  readonly use: Use;
  /** Which of the files of this name it is, from 1. */
  readonly nth: number;
  readonly isShared: boolean;
}

/** The stored file of an entry, or why there is none that is surely its own. */
const fileOf = (
  entry: CellEntry,
  stored: Stored,
): { readonly path: string } | { readonly missing: string } => {
  const isNumbered = stored.use.count > 1 && stored.files.has(inField(entry, numbered(entry, 2)));
  const names = isNumbered ? [numbered(entry, stored.nth)] : entry.names;
  const file = names.map((name) => stored.files.get(inField(entry, name))).find((one) => one !== undefined);
  if (!file) return { missing: 'the older tool did not store it' };
  const { size } = entry;
  if (size !== undefined && size !== file.bytes)
    return {
      missing: `it had ${size} bytes, the stored file of its name has ${file.bytes}: the older tool stored another one, or not all of it`,
    };
  const doubt = isNumbered ? undefined : doubtOf(entry, stored);
  return doubt === undefined ? file : { missing: doubt };
};

const doubtOf = (entry: CellEntry, { use, nth, isShared }: Stored): string | undefined => {
  if (!isLast(entry, use, nth)) return 'the older tool overwrote it with another file of the same name';
  if (!isShared || entry.size !== undefined) return undefined;
  return 'another table was written to the same folder: it cannot be told whose file it is';
};

const isLast = ({ address }: CellEntry, use: Use, nth: number): boolean =>
  nth === use.count || (address !== '' && address === use.address);

/** As later versions of the Python tool number files of one name: `invoice (2).pdf`. */
const numbered = ({ names: [name = ''] }: CellEntry, nth: number): string =>
  nth === 1 ? name : name.replace(/(\.[^.]*)?$/, (extension) => ` (${nth})${extension}`);

const inField = ({ column }: CellEntry, name: string): string => `${legacyName(column.title)}/${name}`;

const nameKey = (entry: CellEntry): string => inField(entry, entry.names[0] ?? '');

const placeOf = ({ column, index, title, mimetype }: CellEntry, record: unknown) => ({
  record: record ?? null,
  column: column.id ?? column.title,
  index,
  title,
  mimetype,
});

const filesOf = async ({ vault, backupId }: Shelf, folder: string): Promise<Stored['files']> => {
  const files = new Map<string, { path: string; bytes: number }>();
  for await (const file of vault.files(backupId, folder)) files.set(file.path.slice(folder.length + 1), file);
  return files;
};

const usesOfNames = async (reading: Reading): Promise<Map<string, Use>> => {
  const uses = new Map<string, Use>();
  for await (const { entry } of entriesOf(reading))
    uses.set(nameKey(entry), {
      count: (uses.get(nameKey(entry))?.count ?? 0) + 1,
      address: entry.address,
    });
  return uses;
};

async function* entriesOf({ shelf, table, schema, signal }: Reading) {
  const columns = attachmentColumns(schema);
  for await (const row of storedItems(shelf, table.paths.records, { read: storedRow, signal }))
    for (const entry of cellEntries(row, columns)) yield { row, entry };
}
