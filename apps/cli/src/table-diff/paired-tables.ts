import type { StoredBackup, StoredTable } from '@nocodb-backup/vault';

/** A table in both backups, or in one of them. */
export interface TablePair {
  readonly before: StoredTable | undefined;
  readonly after: StoredTable | undefined;
}

/** Which tables. */
export interface Narrowing {
  /** Title or id, in either backup. */
  readonly base?: string | undefined;
  readonly table?: string | undefined;
}

/** The tables of both backups side by side: by id, and those that were made anew by the titles of base and table. */
export const pairedTables = (
  before: StoredBackup,
  after: StoredBackup,
  narrowing: Narrowing,
): TablePair[] => {
  const left = new Map(tablesOf(before).map((table) => [table.entry.id, table]));
  const right = tablesOf(after);
  const byId = new Set(right.map(({ entry }) => entry.id));
  const byTitle = new Map(
    [...left.values()].filter(({ entry }) => !byId.has(entry.id)).map((table) => [titleOf(table), table]),
  );
  const pairs: TablePair[] = right.map((table) => ({
    before: left.get(table.entry.id) ?? byTitle.get(titleOf(table)),
    after: table,
  }));
  const found = new Set(pairs.map((pair) => pair.before));
  const gone = [...left.values()]
    .filter((table) => !found.has(table))
    .map((table) => ({ before: table, after: undefined }));
  return [...pairs, ...gone].filter((pair) => isWanted(pair, narrowing));
};

const tablesOf = ({ bases }: StoredBackup): StoredTable[] => bases.flatMap(({ tables }) => tables);

const titleOf = ({ base, entry }: StoredTable): string => JSON.stringify([base.title, entry.title]);

const isWanted = ({ before, after }: TablePair, { base, table }: Narrowing): boolean =>
  [before, after].some(
    (side) =>
      side !== undefined &&
      (base === undefined || [side.base.id, side.base.title].includes(base)) &&
      (table === undefined || [side.entry.id, side.entry.title].includes(table)),
  );
