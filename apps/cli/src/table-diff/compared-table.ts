import { lastingRow, signedTitles, StoredDefinition } from '@nocodb-backup/nocodb';
import type { StoredBackup, StoredRow, StoredTable } from '@nocodb-backup/vault';
import { type Difference, differences, type Field } from './differences.js';
import type { TablePair } from './paired-tables.js';
import { sortedRecords } from './sorted-records.js';

/** What became of a table from one backup to the other. */
export interface TableComparison {
  readonly base: string;
  readonly title: string;
  readonly tableId: string;
  readonly state: 'unchanged' | 'changed' | 'new' | 'gone' | 'not compared';
  /** Its title before, where that was another; with its base. */
  readonly renamedFrom: string | null;
  readonly records: { readonly before: number; readonly after: number };
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Titles of columns that only one of the backups has; `old > new` for renamed ones. */
  readonly columns: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly renamed: readonly string[];
  };
  /** Why it was not compared. */
  readonly reason: string | null;
}

interface Backups {
  readonly before: StoredBackup;
  readonly after: StoredBackup;
  readonly signal: AbortSignal;
}

type Heard = (difference: Difference) => Promise<void>;

/** Compares a table; `heard` is told each difference, sorted by key. Rejects when a file is damaged: what was heard is true, and not all. */
export const comparedTable = async (
  backups: Backups,
  pair: TablePair,
  heard: Heard,
): Promise<TableComparison> => {
  const { before, after } = pair;
  const known = describedPair(pair);
  const missing = [before, after].find((table) => table !== undefined && table.paths.records === undefined);
  if (missing)
    return {
      ...known,
      state: 'not compared',
      reason: `one of the backups does not hold its records (${missing.entry.status})`,
    };
  if (!before || !after) return { ...known, ...(await oneSided(backups, pair, heard)) };
  if (isSameContent(backups, before, after)) return { ...known, state: 'unchanged' };
  return { ...known, ...(await bothSides(backups, before, after, heard)) };
};

const bothSides = async (backups: Backups, before: StoredTable, after: StoredTable, heard: Heard) => {
  const old = await readable(backups.before, before, backups.signal);
  const young = await readable(backups.after, after, backups.signal);
  const { fields, ...columns } = matchedColumns(old.columns, young.columns);
  const counts = { added: 0, changed: 0, removed: 0 };
  for await (const difference of differences(old.records(), young.records(), fields)) {
    counts[difference.change] += 1;
    await heard(difference);
  }
  const seen = [...Object.values(counts), ...Object.values(columns).map(({ length }) => length)];
  const state = seen.every((count) => count === 0) ? ('unchanged' as const) : ('changed' as const);
  return { ...counts, columns, state };
};

const describedPair = ({ before, after }: TablePair): TableComparison => {
  const table = after ?? before;
  if (!table) throw new Error('a pair without tables');
  const name = (one: StoredTable) => `${one.base.title} / ${one.entry.title}`;
  return {
    base: table.base.title,
    title: table.entry.title,
    tableId: table.entry.id,
    state: 'changed',
    renamedFrom: before && after && name(before) !== name(after) ? name(before) : null,
    records: { before: recordsOf(before), after: recordsOf(after) },
    ...{ added: 0, changed: 0, removed: 0 },
    columns: { added: [], removed: [], renamed: [] },
    reason: null,
  };
};

const recordsOf = (table: StoredTable | undefined): number => table?.entry.records ?? 0;

const oneSided = async ({ before, after, signal }: Backups, pair: TablePair, heard: Heard) => {
  const change = pair.after ? 'added' : 'removed';
  const table = pair.after ?? pair.before;
  if (!table) throw new Error('a pair without tables');
  const { records } = await readable(pair.after ? after : before, table, signal);
  let count = 0;
  for await (const { key, row } of records()) {
    count += 1;
    await heard({ change, key, record: row });
  }
  return { state: pair.after ? ('new' as const) : ('gone' as const), [change]: count };
};

/** By the hash of the content, or the digest of the file: encrypted bytes are others each time, and old manifests have neither. */
const isSameContent = (backups: Backups, before: StoredTable, after: StoredTable): boolean => {
  const hash = before.entry.contentHash;
  if (hash !== undefined && hash === after.entry.contentHash) return true;
  const digest = ({ manifest }: StoredBackup, { paths }: StoredTable) =>
    manifest.encryption ? '' : (manifest.artifacts.find(({ path }) => path === paths.records)?.sha256 ?? '');
  const [old, young] = [digest(backups.before, before), digest(backups.after, after)];
  return old !== '' && old === young;
};

/** The bytes are compared with the manifest before a record is read: nobody shall act on what a damaged file says. */
const readable = async (backup: StoredBackup, table: StoredTable, signal: AbortSignal) => {
  const paths = [table.paths.schema, table.paths.records].filter((path) => path !== undefined);
  await backup.verify(paths, { signal, progress: () => undefined });
  const { columns } = StoredDefinition.parse(await table.definition()).table;
  const keys = columns.filter(({ pk }) => Boolean(pk)).map(({ title }) => title);
  const signed = signedTitles(columns);
  const keyOf = (row: StoredRow) =>
    keys.length > 0 ? keys.map((title) => row[title] ?? null) : [JSON.stringify(lastingRow(row, signed))];
  const read = async function* () {
    for await (const row of table.records(signal)) yield { key: keyOf(row), row };
  };
  return { columns: columns.filter(({ uidt }) => !worthless.has(uidt)), records: () => sortedRecords(read) };
};

/** Worked out from others, or not in a record at all. */
const worthless = new Set([
  'Lookup',
  'LinkToAnotherRecord',
  'Order',
  'Meta',
  'Rollup',
  'Formula',
  'QrCode',
  'Barcode',
  'Button',
]);

type Columns = readonly { readonly id: string; readonly title: string; readonly uidt: string }[];

/** By id; in a table that was made anew by title. */
const matchedColumns = (old: Columns, young: Columns) => {
  const ids = new Map(old.map((column) => [column.id, column]));
  const isAnew = !young.some(({ id }) => ids.has(id));
  const before = isAnew ? new Map(old.map((column) => [column.title, column])) : ids;
  const matched = young.map((column) => ({ column, was: before.get(isAnew ? column.title : column.id) }));
  const found = new Set(matched.map(({ was }) => was));
  const fields: Field[] = matched.flatMap(({ column, was }) =>
    was ? [{ before: was.title, after: column.title, isSigned: signedTitles([column, was]).length > 0 }] : [],
  );
  return {
    fields,
    added: matched.filter(({ was }) => !was).map(({ column }) => column.title),
    removed: old.filter((column) => !found.has(column)).map(({ title }) => title),
    renamed: fields
      .filter((field) => field.before !== field.after)
      .map((field) => `${field.before} > ${field.after}`),
  };
};
